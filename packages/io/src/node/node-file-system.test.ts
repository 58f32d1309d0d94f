import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemCodeOf } from '../errors/system-code-of.ts';
import { nodeFileSystem as fileSystem } from './node-file-system.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-fs-'));
});
afterEach(() => rm(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

describe('looking', () => {
  it('tells files, folders, links and the rest apart', async () => {
    await writeFile(at('file'), 'bytes');
    await fileSystem.mkdir(at('folder'));
    await fileSystem.symlink({ target: 'file', path: at('link') });
    await fileSystem.symlink({ target: 'nowhere', path: at('dangling'), kind: 'folder' });
    const entries = await fileSystem.readdir(folder);
    expect(Object.fromEntries(entries.map(({ name, kind }) => [name, kind]))).toEqual({
      file: 'file',
      folder: 'folder',
      link: 'symlink',
      dangling: 'symlink',
    });
    expect(await fileSystem.lstat(at('link'))).toMatchObject({ kind: 'symlink' });
    expect(await fileSystem.stat(at('link'))).toMatchObject({ kind: 'file', sizeBytes: 5, linkCount: 1 });
    expect((await fileSystem.stat('/dev/null')).kind).toBe('other');
    expect(await fileSystem.readlink(at('link'))).toBe('file');
    expect(await fileSystem.realpath(at('link'))).toBe(await fileSystem.realpath(at('file')));
  });

  it('tells two names of one file by device and inode', async () => {
    await writeFile(at('a'), '');
    await fileSystem.link(at('a'), at('b'));
    const [a, b] = await Promise.all([fileSystem.lstat(at('a')), fileSystem.lstat(at('b'))]);
    expect([a.device, a.inode, a.linkCount]).toEqual([b.device, b.inode, 2]);
  });

  it('tells what a file takes on the drive, and when it changed; sets the time of its last change', async () => {
    await writeFile(at('full'), Buffer.alloc(100_000, 1));
    await truncate(at('full'), 10_000_000);
    const before = await fileSystem.lstat(at('full'));
    expect(before.diskBytes).toBeGreaterThanOrEqual(100_000);
    expect(before.diskBytes).toBeLessThan(before.sizeBytes);
    await fileSystem.setModifiedAt(at('full'), 1_234_567);
    const after = await fileSystem.lstat(at('full'));
    expect(after.mtimeMs).toBe(1_234_567);
    expect(after.ctimeMs).toBeGreaterThanOrEqual(before.ctimeMs);
    await expect(fileSystem.setModifiedAt(at('none'), 1)).rejects.toMatchObject({ code: 'io.not-found' });
  });

  it('tells the room on the drive', async () => {
    const { freeBytes, totalBytes } = await fileSystem.statfs(folder);
    expect(freeBytes).toBeGreaterThan(0);
    expect(totalBytes).toBeGreaterThanOrEqual(freeBytes);
  });
});

describe('reading', () => {
  it('reads up to a limit', async () => {
    await writeFile(at('file'), Buffer.alloc(2_500_000, 7));
    expect((await fileSystem.readFile(at('file'), { maxBytes: 2_500_000 })).byteLength).toBe(2_500_000);
    const error = await fileSystem.readFile(at('file'), { maxBytes: 2_499_999 }).catch((reason: unknown) => reason);
    expect(isModelkeepError(error, 'io.failed')).toBe(true);
    expect(systemCodeOf(error)).toBe('EFBIG');
  });

  it('reads no more than the limit of a file that does not tell its size', async () => {
    await expect(fileSystem.readFile('/proc/self/status', { maxBytes: 100 })).rejects.toMatchObject({
      facts: { systemCode: 'EFBIG' },
    });
    expect((await fileSystem.readFile('/proc/self/status', { maxBytes: 100_000 })).byteLength).toBeGreaterThan(100);
  });

  it('stops with the reason of the signal', async () => {
    await writeFile(at('file'), 'x');
    const reason = new Error('enough');
    const call = fileSystem.readFile(at('file'), { maxBytes: 10, signal: AbortSignal.abort(reason) });
    await expect(call).rejects.toBe(reason);
  });
});

describe('writing', () => {
  it('creates a file and never replaces one', async () => {
    await fileSystem.writeFile(at('file'), { data: 'one', mode: 0o600 });
    expect((await lstat(at('file'))).mode & 0o777).toBe(0o600);
    await expect(fileSystem.writeFile(at('file'), { data: 'two' })).rejects.toMatchObject({ code: 'io.exists' });
    expect(await readFile(at('file'), 'utf8')).toBe('one');
    const reason = new Error('enough');
    const late = fileSystem.writeFile(at('late'), { data: '', signal: AbortSignal.abort(reason) });
    await expect(late).rejects.toBe(reason);
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('appends durably, and not at all after it was closed', async () => {
    const file = await fileSystem.createAppend(at('journal'));
    await file.append('one\n');
    await file.append(Buffer.from('two\n'));
    await file.close();
    expect(await readFile(at('journal'), 'utf8')).toBe('one\ntwo\n');
    await expect(file.append('three\n')).rejects.toMatchObject({ code: 'io.failed' });
    await expect(file.append('four\n')).rejects.toMatchObject({ code: 'io.failed' });
    await expect(fileSystem.createAppend(at('journal'))).rejects.toMatchObject({ code: 'io.exists' });
  });

  it('renames, changes modes, syncs and removes', async () => {
    await fileSystem.writeFile(at('a'), { data: 'a' });
    await fileSystem.rename(at('a'), at('b'));
    await fileSystem.chmod(at('b'), 0o444);
    await fileSystem.fsyncFile(at('b'));
    await fileSystem.fsyncFolder(folder);
    expect((await fileSystem.lstat(at('b'))).mode).toBe(0o444);
    await fileSystem.unlink(at('b'));
    await mkdir(at('empty'));
    await fileSystem.rmdir(at('empty'));
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('errors', () => {
  it.each([
    ['io.not-found', 'ENOENT', () => fileSystem.lstat(at('none'))],
    ['io.not-found', 'ENOENT', () => fileSystem.fsyncFolder(at('none'))],
    ['io.not-found', 'ENOENT', () => fileSystem.reflink(at('none'), at('b'))],
    ['io.exists', 'EEXIST', () => fileSystem.mkdir(folder)],
    ['io.exists', 'EEXIST', () => fileSystem.symlink({ target: 'x', path: folder })],
    [
      'io.failed',
      'ENOTEMPTY',
      async () => {
        await writeFile(at('file'), '');
        await fileSystem.rmdir(folder);
      },
    ],
    [
      'io.failed',
      'ELOOP',
      async () => {
        await symlink('loop', at('loop'));
        await fileSystem.stat(at('loop'));
      },
    ],
  ])('become %s with the cause %s', async (code, systemCode, call) => {
    const error = await call().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, hint: expect.any(String), cause: { code: systemCode } });
    expect(systemCodeOf(error)).toBe(systemCode);
  });
});
