import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeFileSystem } from '../node/node-file-system.ts';
import type { FileSystem } from '../ports/file-system.ts';
import { ensureFolder } from './ensure-folder.ts';
import { freeBytesAt } from './free-bytes.ts';
import { readJson } from './read-json.ts';
import { writeFileAtomic } from './write-file-atomic.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-files-'));
});
afterEach(() => rm(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

/** Writes down the steps that change something. */
function recorded(steps: string[], failAt?: string): FileSystem {
  const note = (step: string): void => {
    steps.push(step);
    if (step === failAt) throw new ModelkeepError('io.disk-full', { message: 'full', facts: { path: step } });
  };
  return {
    ...nodeFileSystem,
    writeFile: async (path, options) => {
      await nodeFileSystem.writeFile(path, options);
      note('write');
    },
    rename: async (from, to) => {
      note('rename');
      await nodeFileSystem.rename(from, to);
    },
    mkdir: async (path) => {
      note(`mkdir ${path}`);
      await nodeFileSystem.mkdir(path);
    },
    fsyncFolder: async (path) => {
      note(`sync ${path}`);
      await nodeFileSystem.fsyncFolder(path);
    },
  };
}

describe('writeFileAtomic', () => {
  it('writes beside, renames, and syncs the folder, in this order', async () => {
    const steps: string[] = [];
    await writeFile(at('file'), 'old');
    await writeFileAtomic(recorded(steps), { path: at('file'), data: 'new', mode: 0o600 });
    expect(steps).toEqual(['write', 'rename', `sync ${folder}`]);
    expect(await readFile(at('file'), 'utf8')).toBe('new');
    expect((await lstat(at('file'))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['file']);
  });

  it.each(['write', 'rename'])('leaves the old content and no temp file when %s fails', async (step) => {
    await writeFile(at('file'), 'old');
    const call = writeFileAtomic(recorded([], step), { path: at('file'), data: 'new' });
    await expect(call).rejects.toMatchObject({ code: 'io.disk-full' });
    expect(await readFile(at('file'), 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('stops before the rename with the reason of the signal', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      writeFile: async (path, options) => {
        await nodeFileSystem.writeFile(path, options);
        abort.abort(reason);
      },
    };
    await expect(writeFileAtomic(fileSystem, { path: at('file'), data: '', signal: abort.signal })).rejects.toBe(
      reason,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('gives every reader a whole file while eight writers replace it', async () => {
    const texts = Array.from({ length: 8 }, (_, index) => String(index).repeat(100_000));
    await writeFileAtomic(nodeFileSystem, { path: at('file'), data: texts[0] ?? '' });
    const written = new AbortController();
    const reading = (async () => {
      const seen = new Set<string>();
      while (!written.signal.aborted) seen.add(await readFile(at('file'), 'utf8'));
      return seen;
    })();
    await Promise.all(texts.map((data) => writeFileAtomic(nodeFileSystem, { path: at('file'), data })));
    written.abort();
    for (const text of await reading) expect(texts).toContain(text);
    expect(await readdir(folder)).toEqual(['file']);
  });
});

describe('readJson', () => {
  it('reads what was written', async () => {
    await writeFileAtomic(nodeFileSystem, { path: at('x.json'), data: '{"name":"grün"}' });
    expect(await readJson(nodeFileSystem, { path: at('x.json') })).toEqual({ name: 'grün' });
  });

  it.each([
    ['cut short', '{"a": 1', 'it is not JSON'],
    ['empty', '', 'it is not JSON'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'it is not UTF-8'],
    ['too large', `"${'x'.repeat(100)}"`, 'it is larger than 50 bytes'],
  ])('refuses a file that is %s', async (_name, data, reason) => {
    await writeFile(at('x.json'), data);
    const call = readJson(nodeFileSystem, { path: at('x.json'), maxBytes: 50 });
    await expect(call).rejects.toMatchObject({ code: 'io.corrupt-json', facts: { path: at('x.json'), reason } });
  });

  it('tells a missing file from a broken one', async () => {
    await expect(readJson(nodeFileSystem, { path: at('x.json') })).rejects.toMatchObject({ code: 'io.not-found' });
  });
});

describe('ensureFolder', () => {
  it('makes missing parents, each durable in its own', async () => {
    const steps: string[] = [];
    await ensureFolder(recorded(steps), at('a/b'));
    expect(steps).toEqual([`mkdir ${at('a')}`, `sync ${folder}`, `mkdir ${at('a/b')}`, `sync ${at('a')}`]);
    await ensureFolder(recorded(steps), at('a/b'));
    expect(steps).toHaveLength(4);
  });

  it('takes a link to a folder for the folder, and nothing else', async () => {
    await mkdir(at('real'));
    await symlink('real', at('link'));
    await ensureFolder(nodeFileSystem, at('link/sub'));
    expect((await lstat(at('real/sub'))).isDirectory()).toBe(true);
    await writeFile(at('file'), '');
    await expect(ensureFolder(nodeFileSystem, at('file'))).rejects.toMatchObject({
      code: 'io.exists',
      facts: { path: at('file') },
    });
    await expect(ensureFolder(nodeFileSystem, at('file/sub'))).rejects.toMatchObject({ code: 'io.failed' });
    await symlink('nowhere', at('dangling'));
    await expect(ensureFolder(nodeFileSystem, at('dangling'))).rejects.toMatchObject({ code: 'io.exists' });
  });

  it('is content when another process was faster', async () => {
    const paths = Array.from({ length: 8 }, () => at('x/y/z'));
    await Promise.all(paths.map((path) => ensureFolder(nodeFileSystem, path)));
    expect((await lstat(at('x/y/z'))).isDirectory()).toBe(true);
  });
});

describe('freeBytesAt', () => {
  it('asks the nearest folder that is there', async () => {
    const here = await freeBytesAt(nodeFileSystem, folder);
    const below = await freeBytesAt(nodeFileSystem, at('not/here/yet'));
    expect(here).toBeGreaterThan(0);
    // Other programs write meanwhile.
    expect(Math.abs(below - here)).toBeLessThan(2 ** 32);
  });

  it('passes on what is no missing folder', async () => {
    const refused = new ModelkeepError('io.permission', { message: 'no', facts: { path: folder } });
    const fileSystem = { ...nodeFileSystem, statfs: async () => Promise.reject(refused) };
    await expect(freeBytesAt(fileSystem, folder)).rejects.toBe(refused);
  });
});
