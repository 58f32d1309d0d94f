import { mkdir, mkdtemp, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFileSystem, translateSystemError } from '@modelkeep/io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { treeOf } from '../mapper.test-world.ts';
import { createSymlinkStrategy } from './symlink-strategy.ts';

let folder: string;
const strategy = createSymlinkStrategy(nodeFileSystem);
const at = (name: string): string => join(folder, name);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-mapper-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('read', () => {
  it('tells what is there without following it', async () => {
    await writeFile(at('file'), '');
    await mkdir(at('folder'));
    await symlink('nowhere', at('dangling'));
    await symlink('loop', at('loop'));
    expect(await strategy.read(at('file'))).toEqual({ kind: 'other', what: 'file' });
    expect(await strategy.read(at('folder'))).toEqual({ kind: 'other', what: 'folder' });
    expect(await strategy.read(at('dangling'))).toEqual({ kind: 'link', source: 'nowhere' });
    expect(await strategy.read(at('loop'))).toEqual({ kind: 'link', source: 'loop' });
    expect(await strategy.read(at('nothing'))).toEqual({ kind: 'absent' });
    expect(await strategy.read(at('file/below'))).toEqual({ kind: 'absent' });
  });

  it('does not take a link that cannot be read for something else', async () => {
    await symlink('nowhere', at('link'));
    const error = Object.assign(new Error('EIO'), { code: 'EIO' });
    const failing = createSymlinkStrategy({
      ...nodeFileSystem,
      readlink: (path) => Promise.reject(translateSystemError(error, { operation: 'read the link', path })),
    });
    await expect(failing.read(at('link'))).rejects.toMatchObject({ code: 'io.failed' });
    expect(await failing.read(at('nothing'))).toEqual({ kind: 'absent' });
  });
});

describe('create', () => {
  it('never takes the place of anything', async () => {
    await writeFile(at('file'), 'mine');
    await symlink('nowhere', at('dangling'));
    const before = await treeOf(folder);
    for (const name of ['file', 'dangling']) {
      const made = strategy.create({ source: '/library/a', target: at(name), leadsTo: 'file' });
      await expect(made).rejects.toMatchObject({ code: 'io.exists' });
    }
    expect(await treeOf(folder)).toEqual(before);
  });
});

describe('replace', () => {
  const request = () => ({ source: '/new', target: at('link'), leadsTo: 'file' as const, temporary: at('.tmp') });

  it('leaves no moment without a link, and nothing behind', async () => {
    await symlink('/old', at('link'));
    await symlink('/left-by-a-killed-process', at('.tmp'));
    await strategy.replace(request());
    expect(await treeOf(folder)).toEqual({ link: '-> /new' });
  });

  it('does not use a temporary name that a file has', async () => {
    await symlink('/old', at('link'));
    await writeFile(at('.tmp'), 'mine');
    await expect(strategy.replace(request())).rejects.toMatchObject({ code: 'io.exists' });
    expect(await readlink(at('link'))).toBe('/old');
  });
});
