import type { Diagnosis } from 'modelkeep';
import { expect, it } from 'vitest';
import { describeDrive } from './describe-drive.ts';

const drive: NonNullable<Diagnosis['drive']> = {
  id: 'disk:1',
  deviceId: '1',
  mountPoint: '/mnt/big',
  source: '/dev/sda1',
  fileSystemType: 'ext4',
  kind: 'hdd',
  rotates: true,
  removable: false,
  readOnly: false,
  caseSensitive: true,
  mountOptions: [],
  disks: ['sda', 'sdb'],
};

it('says what a drive is in one line', () => {
  expect(describeDrive(drive)).toBe('hdd, ext4 on /mnt/big (sda, sdb)');
  expect(describeDrive({ ...drive, kind: 'unknown', fileSystemType: '', disks: [] })).toBe('kind unknown on /mnt/big');
  expect(describeDrive(null)).toBe('cannot be looked at');
});
