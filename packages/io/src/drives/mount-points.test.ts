import { expect, it } from 'vitest';
import { mountPoints } from './mount-points.ts';

const table = [
  '22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw',
  '23 22 0:21 / /proc rw,nosuid shared:5 - proc proc rw',
  '24 22 8:17 / /media/ann/My\\040stick rw shared:9 - vfat /dev/sdb1 rw',
  '25 22 0:44 / /mnt/nas rw shared:10 - nfs4 nas:/models rw',
  '26 22 0:45 / /media/ann/My\\040stick rw shared:11 - exfat /dev/sdc1 rw',
].join('\n');

it('are those of drives, each once, and neither of shares nor of the system', async () => {
  const files = { readText: () => Promise.resolve(table), list: () => Promise.resolve(['Disk', 'Stick']) };
  expect(await mountPoints({ platform: 'linux', files })).toEqual(['/', '/media/ann/My stick']);
  expect(await mountPoints({ platform: 'darwin', files })).toEqual(['/', '/Volumes/Disk', '/Volumes/Stick']);
  expect(await mountPoints({ platform: 'win32', files })).toContain('E:\\');
  expect(await mountPoints({ platform: 'aix', files })).toEqual([]);
});
