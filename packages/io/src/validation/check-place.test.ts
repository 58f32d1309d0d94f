import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DriveInfo } from '../drives/drive-info.ts';
import type { RunCommand } from '../drives/system-files.ts';
import { createIo } from '../create-io.ts';
import { remount, withMount } from '../fixtures/mount.test-helper.ts';
import { nodeFileSystem } from '../node/node-file-system.ts';
import type { FileSystem } from '../ports/file-system.ts';
import { checkPlace } from './check-place.ts';
import type { CheckPlaceOptions, PlaceReport } from './place-report.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-place-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A fast disk with nothing to say about it. */
const plain: DriveInfo = {
  id: 'disk:x',
  deviceId: '1',
  mountPoint: '/mnt/x',
  source: '/dev/x1',
  fileSystemType: 'ext4',
  kind: 'ssd',
  rotates: false,
  removable: false,
  readOnly: false,
  caseSensitive: true,
  mountOptions: [],
  disks: ['x'],
};

interface Check extends CheckPlaceOptions {
  readonly path?: string;
  readonly drive?: Partial<DriveInfo>;
  readonly platform?: NodeJS.Platform;
  readonly fileSystem?: Partial<FileSystem>;
  readonly run?: RunCommand;
}

const noCommand: RunCommand = async ({ command }) => {
  throw new Error(`${command} was run`);
};

function check({
  path = folder,
  drive,
  platform = 'linux',
  fileSystem,
  run = noCommand,
  ...options
}: Check): Promise<PlaceReport> {
  const drives = { driveOf: async () => ({ ...plain, ...drive }) };
  return checkPlace({ fileSystem: { ...nodeFileSystem, ...fileSystem }, drives, platform, run }, path, options);
}

const codes = ({ findings }: PlaceReport): string[] => findings.map(({ code, severity }) => `${severity} ${code}`);
const refuses =
  (code: string): (() => Promise<never>) =>
  async () => {
    throw Object.assign(new Error(code), { code });
  };

describe('a target', () => {
  it('that is good has no findings, and nothing is left in it', async () => {
    const report = await check({ for: 'target', bytes: 1_000 });
    expect(report).toMatchObject({ path: folder, usable: true, findings: [], drive: plain });
    expect(report.links).toMatchObject({ hardlink: true, symlink: true });
    expect(report.freeBytes).toBeGreaterThan(1_000);
    expect(structuredClone(report)).toEqual(report);
    expect(await readdir(folder)).toEqual([]);
  });

  it('may be a folder that does not exist yet, but not below a file', async () => {
    expect(await check({ for: 'target', path: join(folder, 'a', 'b') })).toMatchObject({ usable: true, findings: [] });
    const file = join(folder, 'file');
    await writeFile(file, '');
    const report = await check({ for: 'target', path: join(file, 'below') });
    expect(report).toMatchObject({ usable: false, findings: [{ code: 'not-a-folder', facts: { nearest: file } }] });
    await rm(file);
  });

  it('has to have room for the bytes', async () => {
    const report = await check({ for: 'target', bytes: Number.MAX_SAFE_INTEGER });
    expect(codes(report)).toEqual(['error full']);
    expect(report.findings[0]?.facts).toEqual({ neededBytes: Number.MAX_SAFE_INTEGER, freeBytes: report.freeBytes });
  });

  it('may be where the system does not tell of room', async () => {
    const report = await check({ for: 'target', bytes: 10, fileSystem: { statfs: refuses('ENOSYS') } });
    expect(report).toMatchObject({ usable: true, freeBytes: null });
  });

  it('is not tried where the mount is read-only', async () => {
    const report = await check({ for: 'target', drive: { readOnly: true }, fileSystem: { writeFile: refuses('EIO') } });
    expect(codes(report)).toEqual(['error read-only']);
    expect(report.links).toBeNull();
  });

  it.each([
    ['io.permission', 'error not-writable'],
    ['io.read-only', 'error read-only'],
    ['io.disk-full', 'error full'],
  ] as const)('that answers %s is no target', async (code, expected) => {
    const writeFile = async (path: string): Promise<never> => {
      throw new ModelkeepError(code, { message: code, facts: { path } });
    };
    expect(codes(await check({ for: 'target', fileSystem: { writeFile } }))).toEqual([expected]);
  });

  it('is tried for names that differ in case', async () => {
    const lstat: FileSystem['lstat'] = (path) =>
      nodeFileSystem.lstat(join(dirname(path), path.slice(dirname(path).length + 1).toLowerCase()));
    const report = await check({ for: 'target', fileSystem: { lstat } });
    expect(report.findings).toMatchObject([
      { code: 'case-insensitive', severity: 'warning', facts: { isProbed: true } },
    ]);
  });

  it('is tried for links', async () => {
    const failing = async (path: string): Promise<never> => {
      throw new ModelkeepError('io.failed', {
        message: 'no',
        facts: { path, systemCode: 'ENOTSUP', operation: 'link' },
      });
    };
    const fileSystem = { link: failing, reflink: failing };
    const report = await check({ for: 'target', fileSystem, drive: { fileSystemType: 'exfat' } });
    expect(report.findings).toMatchObject([{ code: 'no-links', facts: { fileSystemType: 'exfat' } }]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('with few inodes left is full, whatever its bytes', async () => {
    const statfs = async (): Promise<{ freeBytes: number; totalBytes: number; typeId: number; freeFiles: number }> => ({
      freeBytes: 1e9,
      totalBytes: 1e9,
      typeId: 0,
      freeFiles: 3,
    });
    expect(codes(await check({ for: 'target', fileSystem: { statfs } }))).toEqual(['error no-inodes']);
  });
});

describe('what the drive brings with it', () => {
  const cases: readonly [string, Partial<DriveInfo>, readonly string[], readonly string[]][] = [
    [
      'a share',
      { kind: 'network', fileSystemType: 'nfs4', caseSensitive: null },
      ['warning network'],
      ['warning network'],
    ],
    ['a stick', { kind: 'removable', removable: true }, ['warning removable'], ['warning removable']],
    ['memory', { kind: 'memory', fileSystemType: 'tmpfs' }, ['warning memory'], []],
    ['a container', { kind: 'unknown', fileSystemType: 'overlay' }, ['warning container-layer'], []],
    [
      'FAT',
      { fileSystemType: 'vfat', caseSensitive: null },
      ['warning coarse-times', 'warning file-size-limit'],
      ['warning coarse-times'],
    ],
    ['read-only', { readOnly: true }, ['error read-only'], []],
    [
      'names without case',
      { caseSensitive: false, readOnly: true },
      ['error read-only', 'warning case-insensitive'],
      ['warning case-insensitive'],
    ],
    [
      'NTFS that is read-only',
      { fileSystemType: 'fuseblk', readOnly: true },
      ['error read-only', 'warning dirty-volume'],
      [],
    ],
    [
      'exFAT in user space',
      { fileSystemType: 'fuseblk', readOnly: true, mountOptions: ['exfat'] },
      ['error read-only'],
      [],
    ],
    [
      'NTFS by force',
      { fileSystemType: 'ntfs3', mountOptions: ['rw', 'force'] },
      ['warning dirty-volume'],
      ['warning dirty-volume'],
    ],
    ['NTFS', { fileSystemType: 'ntfs3' }, [], []],
  ];
  it.each(cases)('%s', async (_name, drive, target, source) => {
    expect(codes(await check({ for: 'target', drive }))).toEqual(target);
    expect(codes(await check({ for: 'source', drive }))).toEqual(source);
  });

  it('Windows is asked for a dirty volume, and only a plain yes counts', async () => {
    const drive = { fileSystemType: 'NTFS', mountPoint: 'D:\\' };
    const asked: string[] = [];
    const answer =
      (text: string): RunCommand =>
      async ({ command, args }) => {
        asked.push([command, ...args].join(' '));
        return text;
      };
    const place = { for: 'source', drive, platform: 'win32' } as const;
    const dirty = await check({ ...place, run: answer('Volume - D: is Dirty\r\n') });
    expect(dirty.findings).toMatchObject([{ code: 'dirty-volume', facts: { mountPoint: 'D:\\', isCertain: true } }]);
    expect(codes(await check({ ...place, run: answer('Volume - D: is NOT Dirty\r\n') }))).toEqual([]);
    expect(codes(await check({ ...place, run: noCommand }))).toEqual([]);
    expect(asked).toEqual(Array.from({ length: 2 }, () => 'fsutil.exe dirty query D:'));
  });
});

describe('a source', () => {
  it('that can be read has no findings', async () => {
    const file = join(folder, 'model.gguf');
    await writeFile(file, 'GGUF');
    expect(await check({ for: 'source', path: file })).toMatchObject({ usable: true, findings: [], links: null });
    await writeFile(file, '');
    expect(await check({ for: 'source', path: file })).toMatchObject({ usable: true });
    await rm(file);
  });

  it('has to be there', async () => {
    const report = await check({ for: 'source', path: join(folder, 'a', 'b') });
    expect(report).toMatchObject({ usable: false, findings: [{ code: 'missing', facts: { nearest: folder } }] });
  });

  it('has to be readable', async () => {
    const path = join(folder, 'secret');
    await mkdir(path);
    const readdirRefused = async (): Promise<never> => {
      throw new ModelkeepError('io.permission', {
        message: 'no',
        facts: { path },
        cause: Object.assign(new Error('no'), { code: 'EACCES' }),
      });
    };
    const report = await check({ for: 'source', path, fileSystem: { readdir: readdirRefused } });
    expect(report.findings).toMatchObject([{ code: 'not-readable', facts: { systemCode: 'EACCES' } }]);
    await rm(path, { recursive: true });
  });

  it('that is a pipe cannot be read', async () => {
    const found = await nodeFileSystem.stat('/dev/null');
    expect(found.kind).toBe('other');
    expect(codes(await check({ for: 'source', path: '/dev/null' }))).toEqual(['error not-readable']);
  });
});

describe('long paths', () => {
  const long = (bytes: number): string =>
    `/${Array.from({ length: Math.ceil(bytes / 101) }, () => 'x'.repeat(100)).join('/')}`.slice(0, bytes);
  it.each([
    ['linux', 4_000, ['warning path-too-long']],
    ['linux', 4_200, ['error path-too-long']],
    ['darwin', 900, ['warning path-too-long']],
    ['darwin', 1_100, ['error path-too-long']],
    ['win32', 300, ['warning path-too-long']],
    ['win32', 50, []],
  ] as const)('on %s with %i bytes', async (platform, bytes, expected) => {
    const report = await check({ for: 'target', platform, path: long(bytes) });
    expect(codes(report).filter((code) => code.includes('long'))).toEqual(expected);
  });

  it('names of more than 255 bytes do not fit anywhere', async () => {
    const name = 'ü'.repeat(128);
    const report = await check({ for: 'source', path: join(folder, name) });
    expect(report.findings).toContainEqual(
      expect.objectContaining({ code: 'name-too-long', facts: { name, lengthBytes: 256, limitBytes: 255 } }),
    );
  });
});

it('says what is wrong where nothing can be looked at', async () => {
  const stat = async (path: string): Promise<never> => {
    throw new ModelkeepError('io.failed', {
      message: 'stale',
      facts: { path, systemCode: 'ESTALE', operation: 'look at' },
    });
  };
  const report = await check({ for: 'target', fileSystem: { stat } });
  expect(report).toMatchObject({ usable: false, drive: null, freeBytes: null });
  expect(report.findings).toMatchObject([{ code: 'unreachable', facts: { systemCode: 'ESTALE' } }]);
});

it('stops with the reason of the signal', async () => {
  const reason = new Error('enough');
  await expect(check({ for: 'target', signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const controller = new AbortController();
  const stat = async (): Promise<never> => {
    controller.abort(reason);
    throw new Error('whatever');
  };
  await expect(check({ for: 'target', signal: controller.signal, fileSystem: { stat } })).rejects.toBe(reason);
});

describe('on mounts of this machine', () => {
  it('sees a read-only drive, a full one, and one without inodes', async (context) => {
    await using io = createIo({ workers: 'in-thread' });
    const ofTarget = async (path: string): Promise<string[]> =>
      codes(await io.checkPlace(path, { for: 'target', bytes: 10 }));
    const why = await withMount({ type: 'tmpfs', options: 'size=64k,nr_inodes=64' }, async (mounted) => {
      expect(await ofTarget(mounted)).toEqual(['warning memory']);
      await writeFile(join(mounted, 'most'), Buffer.alloc(64 * 1024));
      expect(await ofTarget(mounted)).toEqual(['error full', 'warning memory']);
      await rm(join(mounted, 'most'));
      for (let number = 0; number < 55; number += 1) await writeFile(join(mounted, `f${number}`), '');
      expect(await ofTarget(mounted)).toEqual(['error no-inodes', 'warning memory']);
      await remount(mounted, 'ro');
      expect(await ofTarget(mounted)).toEqual(['error read-only', 'error no-inodes', 'warning memory']);
    });
    if (why !== undefined) await context.annotate(`no tmpfs could be mounted: ${why}`);
    expect((await ofTarget(folder)).filter((code) => code.startsWith('error'))).toEqual([]);
  });

  it('sees a folder that this user may not write to', async (context) => {
    const closed = join(folder, 'closed');
    await mkdir(closed);
    await chmod(closed, 0o500);
    await using io = createIo({ workers: 'in-thread' });
    const report = await io.checkPlace(closed, { for: 'target' });
    const isRoot = process.getuid?.() === 0;
    if (isRoot) await context.annotate('root may write everywhere');
    expect(report.usable).toBe(isRoot);
    await rm(closed, { recursive: true });
  });
});
