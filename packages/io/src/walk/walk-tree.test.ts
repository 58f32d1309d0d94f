import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIo } from '../create-io.ts';
import { nodeBulkFileSystem } from '../node/node-bulk-file-system.ts';
import type { BulkFileSystem } from '../ports/bulk-file-system.ts';
import type { WalkedFolder, WalkedTree } from './walk-types.ts';

const rules = { extensions: ['safetensors'], besides: ['json'] };

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'modelkeep-walk-'));
  await mkdir(join(root, 'a', 'deep'), { recursive: true });
  await writeFile(join(root, 'a', 'x.safetensors'), 'x');
  await writeFile(join(root, 'a', 'x.json'), '{}');
  await writeFile(join(root, 'a', 'deep', 'y.SAFETENSORS'), 'yy');
  await writeFile(join(root, 'a', 'notes.txt'), 'nothing to us');
});
afterEach(() => rm(root, { recursive: true, force: true }));

interface Walk extends WalkedTree {
  readonly folders: readonly WalkedFolder[];
}

async function walk(
  options: { roots?: string[]; leaveOut?: string[]; bulk?: BulkFileSystem; signal?: AbortSignal } = {},
): Promise<Walk> {
  await using io = createIo({ workers: 'in-thread', bulkFileSystem: options.bulk });
  const folders: WalkedFolder[] = [];
  const { roots = [root], leaveOut, signal } = options;
  const tree = await io.walkTree({ ...rules, roots, leaveOut, signal, onFolders: (some) => folders.push(...some) });
  return { ...tree, folders };
}

describe('a walk', () => {
  it('tells the folders with what is looked for, and lists them', async () => {
    const { folders, notes, stores, devices } = await walk();
    expect(folders).toMatchObject([
      { path: join(root, 'a'), unit: join(root, 'a'), files: 1, bytes: 1 },
      { path: join(root, 'a', 'deep'), files: 1, bytes: 2 },
    ]);
    expect([notes, stores, devices.length]).toEqual([[], [], 1]);
    await using io = createIo();
    const listed = await io.listFolders([join(root, 'a'), join(root, 'gone')], rules);
    expect(
      listed.map(({ path, files }) => [path, files.map(({ name, sizeBytes, leadsTo }) => [name, sizeBytes, leadsTo])]),
    ).toEqual([
      [
        join(root, 'a'),
        [
          ['x.json', 2, null],
          ['x.safetensors', 1, null],
        ],
      ],
    ]);
  });

  it('gives a folder the same digest until something in it changes', async () => {
    const digests = async (): Promise<(string | undefined)[]> => (await walk()).folders.map(({ digest }) => digest);
    const before = await digests();
    await writeFile(join(root, 'a', 'notes.txt'), 'other');
    expect(await digests()).toEqual(before);
    await utimes(join(root, 'a', 'deep', 'y.SAFETENSORS'), 1, 1);
    const touched = await digests();
    expect([touched[0] === before[0], touched[1] === before[1]]).toEqual([true, false]);
    await writeFile(join(root, 'a', 'x.json'), '{"a":1}');
    expect((await digests())[0]).not.toBe(before[0]);
  });

  it('takes the folders of a pipeline together, and leaves alone what is no folder of models', async () => {
    await mkdir(join(root, 'pipe', 'vae'), { recursive: true });
    await writeFile(join(root, 'pipe', 'model_index.json'), '{}');
    await writeFile(join(root, 'pipe', 'vae', 'v.safetensors'), 'v');
    await mkdir(join(root, 'library'));
    await writeFile(join(root, 'library', 'modelkeep.json'), '{}');
    for (const name of [
      'models--a--b/snapshots',
      'datasets--a--b/snapshots',
      'ollama/manifests',
      'ollama/blobs',
      '.hidden',
    ]) {
      await mkdir(join(root, name), { recursive: true });
    }
    await symlink(root, join(root, 'circle'));
    await symlink(join(root, 'nothing'), join(root, 'dangling.safetensors'));
    const { folders, notes, stores } = await walk({ leaveOut: [join(root, 'a')] });
    expect(folders.map(({ path, unit }) => [path, unit])).toEqual([
      [join(root, 'pipe'), join(root, 'pipe')],
      [join(root, 'pipe', 'vae'), join(root, 'pipe')],
    ]);
    expect(stores).toEqual([
      { path: join(root, 'models--a--b'), kind: 'hugging-face' },
      { path: join(root, 'ollama'), kind: 'ollama' },
    ]);
    expect(notes.map(({ path, reason }) => [path.slice(root.length + 1), reason])).toEqual([
      ['.hidden', 'hidden'],
      ['circle', 'link-to-folder'],
      ['dangling.safetensors', 'broken-link'],
      ['a', 'library'],
      ['library', 'library'],
    ]);
  });

  it('goes on where a folder cannot be read or goes away, and is not led deeper than anybody goes', async () => {
    const denied = Object.assign(new Error('EACCES'), { code: 'EACCES' });
    const bulk: BulkFileSystem = {
      ...nodeBulkFileSystem,
      readFolder(path) {
        if (path === join(root, 'a')) throw denied;
        return nodeBulkFileSystem.readFolder(path);
      },
    };
    await mkdir(join(root, 'b'));
    await writeFile(join(root, 'b', 'z.safetensors'), 'z');
    const closed = await walk({ bulk });
    expect(closed.folders.map(({ path }) => path)).toEqual([join(root, 'b')]);
    expect(closed.notes).toEqual([{ path: join(root, 'a'), reason: 'unreadable', systemCode: 'EACCES' }]);

    await using io = createIo({ workers: 'in-thread', bulkFileSystem: bulk });
    expect(await io.listFolders([join(root, 'a'), join(root, 'gone')], rules)).toEqual([
      { path: join(root, 'a'), files: [], unreadable: 'EACCES' },
    ]);

    // A folder that seems to hold itself, as a damaged drive may tell.
    const endless: BulkFileSystem = { ...nodeBulkFileSystem, readFolder: () => [{ name: 'x', kind: 'folder' }] };
    expect((await walk({ bulk: endless })).notes).toMatchObject([{ reason: 'too-deep' }]);
  });

  it('ends when it is given up', async () => {
    const wide: BulkFileSystem = {
      ...nodeBulkFileSystem,
      readFolder: (path) =>
        path === root
          ? Array.from({ length: 5_000 }, (_, number) => ({ name: `f${number}`, kind: 'folder' as const }))
          : [],
    };
    const abort = new AbortController();
    const reason = new Error('enough');
    const walking = walk({ bulk: wide, signal: abort.signal });
    setTimeout(() => abort.abort(reason), 0);
    await expect(walking).rejects.toBe(reason);
  });
});
