import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@modelkeep/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remount, withMount } from '../fixtures/mount.test-helper.ts';
import { nodeFileSystem } from '../node/node-file-system.ts';
import { nodeSystemFiles } from '../node/node-system-files.ts';
import { runCommand } from '../node/run-command.ts';
import { createManualClock } from '../queue/manual-clock.test-helper.ts';
import { createDrives, type Drives, type DrivesOptions } from './create-drives.ts';
import { driveKinds } from './drive-info.ts';
import type { RunCommand } from './system-files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-drives-'));
});
afterAll(() => rm(folder, { recursive: true }));

const neverRun: RunCommand = async ({ command }) => {
  throw new Error(`${command} was run`);
};

function drivesOf(options: Partial<DrivesOptions> = {}): Drives {
  return createDrives({
    platform: process.platform,
    fileSystem: nodeFileSystem,
    files: nodeSystemFiles,
    run: process.platform === 'linux' ? neverRun : runCommand,
    clock: systemClock,
    overrides: [],
    ...options,
  });
}

describe('on this machine', () => {
  it('tells the drive of a folder, and of one that is not there yet', async () => {
    const drives = drivesOf();
    const drive = await drives.driveOf(folder);
    expect(driveKinds).toContain(drive.kind);
    expect(drive).toMatchObject({ deviceId: (await nodeFileSystem.stat(folder)).device, readOnly: false });
    expect(folder.startsWith(drive.mountPoint)).toBe(true);
    expect(await drives.driveOf(join(folder, 'not', 'yet', 'there'))).toEqual(drive);
    await writeFile(join(folder, 'file'), '');
    expect(await drives.driveOf(join(folder, 'file', 'below a file'))).toEqual(drive);
  });

  it('knows memory from a disk, and sees what is mounted and mounted anew meanwhile', async (context) => {
    const drives = drivesOf();
    const before = await drives.driveOf(folder);
    const why = await withMount({ type: 'tmpfs', options: 'size=1m' }, async (mounted) => {
      const drive = await drives.driveOf(join(mounted, 'x'));
      expect(drive).toMatchObject({
        kind: 'memory',
        mountPoint: mounted,
        fileSystemType: 'tmpfs',
        source: 'modelkeep-test',
      });
      expect(drive.readOnly).toBe(false);
      await remount(mounted, 'ro');
      expect((await drives.driveOf(mounted)).readOnly).toBe(true);
    });
    if (why !== undefined) await context.annotate(`no tmpfs could be mounted: ${why}`);
    expect(await drives.driveOf(folder)).toEqual(before);
  });

  it('an image is on the drive that its file is on', async (context) => {
    const drives = drivesOf();
    const outer = await drives.driveOf(folder);
    const why = await withMount({ type: 'ext4', sizeBytes: 8 * 1024 * 1024 }, async (mounted) => {
      const { id, kind, fileSystemType, mountPoint } = await drives.driveOf(mounted);
      expect({ id, kind }).toEqual({ id: outer.id, kind: outer.kind });
      expect({ fileSystemType, mountPoint }).toEqual({ fileSystemType: 'ext4', mountPoint: mounted });
    });
    if (why !== undefined) await context.annotate(`no image could be mounted: ${why}`);
    expect(await drives.driveOf(folder)).toEqual(outer);
  });

  it('is told better by an embedder, by mount point or id', async () => {
    const { mountPoint, id } = await drivesOf().driveOf(folder);
    const byMount = drivesOf({ overrides: [{ drive: mountPoint, kind: 'hdd' }] });
    expect(await byMount.driveOf(folder)).toMatchObject({ id, kind: 'hdd', rotates: true });
    const byId = drivesOf({ overrides: [{ drive: id, kind: 'ssd' }] });
    expect(await byId.driveOf(folder)).toMatchObject({ kind: 'ssd', rotates: false });
    const other = drivesOf({ overrides: [{ drive: '/nowhere', kind: 'network' }] });
    expect((await other.driveOf(folder)).kind).not.toBe('network');
  });
});

describe('where a command has to be run', () => {
  const mounts = '/dev/disk3s5 on / (apfs, local)\n';
  it('asks again after a minute without letting anybody wait, and forgets a failure at once', async () => {
    const clock = createManualClock();
    const commands: string[] = [];
    let fails = true;
    let solid = true;
    const run: RunCommand = async ({ command }) => {
      commands.push(command);
      if (fails) throw new Error('not now');
      return command === '/sbin/mount' ? mounts : `<dict><key>SolidState</key><${solid}/></dict>`;
    };
    const drives = drivesOf({ platform: 'darwin', run, clock });
    expect(await drives.driveOf(folder)).toMatchObject({
      kind: 'unknown',
      fileSystemType: '',
      id: expect.stringMatching(/^device:\d+$/),
    });
    fails = false;
    expect(await drives.driveOf(folder)).toMatchObject({ kind: 'ssd', fileSystemType: 'apfs' });
    await drives.driveOf(folder);
    expect(commands).toEqual(['/sbin/mount', '/sbin/mount', '/usr/sbin/diskutil']);
    await clock.advance(60_000);
    fails = true;
    expect((await drives.driveOf(folder)).kind, 'nobody waits for the command').toBe('ssd');
    await clock.advance(0);
    fails = false;
    solid = false;
    expect((await drives.driveOf(folder)).kind, 'a failure changes nothing').toBe('ssd');
    await clock.advance(0);
    expect((await drives.driveOf(folder)).kind).toBe('hdd');
    expect(commands).toHaveLength(6);
  });

  it('works without PowerShell, and on systems that it does not know', async () => {
    expect(await drivesOf({ platform: 'win32', run: neverRun }).driveOf(folder)).toMatchObject({ kind: 'unknown' });
    expect(await drivesOf({ platform: 'aix' }).driveOf(folder)).toMatchObject({ kind: 'unknown', mountPoint: folder });
  });

  it('stops with the reason of the signal', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const run: RunCommand = async ({ signal }) => {
      controller.abort(reason);
      throw signal?.reason;
    };
    const drives = drivesOf({ platform: 'darwin', run });
    await expect(drives.driveOf(folder, controller.signal)).rejects.toBe(reason);
    await expect(drives.driveOf(folder, controller.signal)).rejects.toBe(reason);
  });
});

it('runs a command without a shell, and tells its failure', async () => {
  const node = process.execPath;
  const args = ['-e', 'process.stdout.write(process.argv[1])', '$HOME; "quoted"'];
  expect(await runCommand({ command: node, args })).toBe('$HOME; "quoted"');
  await expect(runCommand({ command: node, args: ['-e', 'process.exit(3)'] })).rejects.toMatchObject({ code: 3 });
  await expect(runCommand({ command: '/no/such/command', args: [] })).rejects.toMatchObject({ code: 'ENOENT' });
  const reason = new Error('enough');
  await expect(runCommand({ command: node, args: [], signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
