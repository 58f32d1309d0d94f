import { lstat, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { translateSystemError } from '../errors/translate-system-error.ts';
import { nodeFileSystem } from '../node/node-file-system.ts';
import type { FileSystem } from '../ports/file-system.ts';
import { createLink } from './create-link.ts';
import { createSymlink } from './create-symlink.ts';
import { probeLinks } from './probe-links.ts';
import { windowsWithoutRights } from './windows.test-helper.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-links-'));
});
afterEach(() => rm(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

function refuse(code: string): (...args: readonly unknown[]) => Promise<never> {
  return async () => {
    throw translateSystemError(Object.assign(new Error(code), { code }), { path: 'x', operation: 'link' });
  };
}

/** A drive that clones: the copy stands in for the clone. */
const cloning: FileSystem = {
  ...nodeFileSystem,
  reflink: async (existing, path) => {
    await nodeFileSystem.writeFile(path, { data: await nodeFileSystem.readFile(existing, { maxBytes: 1_000 }) });
  },
};

describe('createLink', () => {
  it.each(['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'ENOTTY', 'EINVAL', 'EXDEV'])(
    'makes a hard link where a clone is answered with %s',
    async (code) => {
      await writeFile(at('a'), 'bytes');
      const fileSystem = { ...nodeFileSystem, reflink: refuse(code) };
      expect(await createLink(fileSystem, { existing: at('a'), path: at('b') })).toBe('hardlink');
      expect((await lstat(at('b'))).ino).toBe((await lstat(at('a'))).ino);
    },
  );

  it('makes a reflink where the drive can, and syncs it', async () => {
    await writeFile(at('a'), 'bytes');
    const synced: string[] = [];
    const fileSystem = { ...cloning, fsyncFile: async (path: string) => void synced.push(path) };
    expect(await createLink(fileSystem, { existing: at('a'), path: at('b') })).toBe('reflink');
    expect(synced).toEqual([at('b')]);
  });

  it('leaves nothing when the clone cannot be synced', async () => {
    await writeFile(at('a'), 'bytes');
    const fileSystem = { ...cloning, fsyncFile: refuse('EIO') };
    await expect(createLink(fileSystem, { existing: at('a'), path: at('b') })).rejects.toMatchObject({
      code: 'io.failed',
    });
    expect(await readdir(folder)).toEqual(['a']);
  });

  it('replaces nothing, whichever link it is', async () => {
    await writeFile(at('a'), 'bytes');
    await writeFile(at('b'), 'mine');
    for (const fileSystem of [cloning, nodeFileSystem]) {
      await expect(createLink(fileSystem, { existing: at('a'), path: at('b') })).rejects.toMatchObject({
        code: 'io.exists',
      });
    }
    expect(await readFile(at('b'), 'utf8')).toBe('mine');
  });

  it('tells why no link can be made, so that the caller can choose another way', async () => {
    await writeFile(at('a'), 'bytes');
    const fileSystem = { ...nodeFileSystem, reflink: refuse('EXDEV'), link: refuse('EMLINK') };
    const call = createLink(fileSystem, { existing: at('a'), path: at('b') });
    await expect(call).rejects.toMatchObject({ code: 'io.failed', facts: { systemCode: 'EMLINK' } });
    const full = { ...nodeFileSystem, reflink: refuse('ENOSPC') };
    await expect(createLink(full, { existing: at('a'), path: at('b') })).rejects.toMatchObject({
      code: 'io.disk-full',
    });
  });
});

describe('createSymlink', () => {
  it('makes a link where nothing is', async () => {
    await createSymlink(nodeFileSystem, { target: '../blob', path: at('link') });
    expect(await readlink(at('link'))).toBe('../blob');
    await createSymlink(nodeFileSystem, { target: 'x', path: at('other'), replaces: 'gone meanwhile' });
    expect(await readlink(at('other'))).toBe('x');
  });

  it.each([
    ['a file', async () => writeFile(at('link'), 'mine')],
    ['a link that leads elsewhere', async () => symlink('elsewhere', at('link'))],
    ['a folder', async () => nodeFileSystem.mkdir(at('link'))],
  ])('replaces no %s', async (_name, put) => {
    await put();
    const before = await lstat(at('link'));
    for (const replaces of [undefined, 'ours']) {
      const call = createSymlink(nodeFileSystem, { target: 'new', path: at('link'), replaces });
      await expect(call).rejects.toMatchObject({ code: 'io.exists', facts: { path: at('link') } });
    }
    expect((await lstat(at('link'))).ino).toBe(before.ino);
    expect(await readdir(folder)).toEqual(['link']);
  });

  it('replaces the one link that it is told of', async () => {
    await symlink('ours', at('link'));
    await createSymlink(nodeFileSystem, { target: 'new', path: at('link'), replaces: 'ours' });
    expect(await readlink(at('link'))).toBe('new');
    expect(await readdir(folder)).toEqual(['link']);
  });

  it('leaves a link that changes at the last moment', async () => {
    await symlink('ours', at('link'));
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      symlink: async (options) => {
        await nodeFileSystem.symlink(options);
        await rm(at('link'));
        await symlink('theirs', at('link'));
      },
    };
    const call = createSymlink(fileSystem, { target: 'new', path: at('link'), replaces: 'ours' });
    await expect(call).rejects.toMatchObject({ code: 'io.exists' });
    expect(await readlink(at('link'))).toBe('theirs');
    expect(await readdir(folder)).toEqual(['link']);
  });
});

describe('probeLinks', () => {
  it('tries each kind and leaves nothing', async () => {
    const found = await probeLinks(nodeFileSystem, folder);
    expect(found).toMatchObject({ hardlink: true, symlink: true, junction: false });
    const all = { reflink: true, hardlink: true, symlink: true, junction: false, codes: {} };
    expect(await probeLinks(cloning, folder)).toEqual(all);
    const none = { ...nodeFileSystem, reflink: refuse('ENOTSUP'), link: refuse('EPERM'), symlink: refuse('ENOSYS') };
    expect(await probeLinks(none, folder)).toEqual({
      reflink: false,
      hardlink: false,
      symlink: false,
      junction: false,
      codes: { reflink: 'ENOTSUP', hardlink: 'EPERM', symlink: 'ENOSYS' },
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('finds the links of a Windows without developer mode', async () => {
    const windows = windowsWithoutRights(nodeFileSystem);
    expect(await probeLinks(windows, folder, { platform: 'win32' })).toEqual({
      reflink: false,
      hardlink: true,
      symlink: false,
      junction: true,
      codes: { reflink: 'ENOSYS', symlink: 'EPERM' },
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('works where the folder is given as a relative path', async () => {
    expect(await probeLinks(nodeFileSystem, relative(process.cwd(), folder))).toMatchObject({ symlink: true });
  });

  it('believes no link that does not show the bytes', async () => {
    const lying: FileSystem = {
      ...nodeFileSystem,
      link: (_existing, path) => nodeFileSystem.writeFile(path, { data: '' }),
    };
    expect((await probeLinks(lying, folder)).hardlink).toBe(false);
  });

  it('fails where nothing can be written', async () => {
    const full = {
      ...nodeFileSystem,
      writeFile: async () => {
        throw new ModelkeepError('io.disk-full', { message: 'full', facts: { path: folder } });
      },
    };
    await expect(probeLinks(full, folder)).rejects.toMatchObject({ code: 'io.disk-full' });
    await expect(probeLinks(nodeFileSystem, at('none'))).rejects.toMatchObject({ code: 'io.not-found' });
  });
});
