import { chmod, link, mkdir, open, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createIo, nodeFileSystem, probeLinks, type Io } from '@modelkeep/io';
import {
  createFaultyFileSystem,
  createModelFileSystem,
  createSeededRandom,
  type ModelFileSystem,
} from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../open-store.test-helper.ts';
import { filesBelow, place } from '../proofs/scenes.test-helper.ts';
import { findDuplicates } from './find-duplicates.ts';
import { shareDuplicates } from './share-duplicates.ts';

const weights = Buffer.alloc(20_000, 'weights');
const other = Buffer.alloc(20_000, 'another');
const small = { minBytes: 1 };

interface App extends AsyncDisposable {
  readonly folder: string;
  readonly io: Io;
  path(name: string): string;
}

/** An app's folder: a model twice, once under two names, another one of the same size, and things to pass over. */
async function openApp(): Promise<App> {
  const temporary = await tempFolder();
  const folder = join(temporary.path, 'models');
  const path = (name: string): string => join(folder, name);
  for (const name of ['checkpoints', 'loras', '.cache', 'library']) await mkdir(path(name), { recursive: true });
  await writeFile(path('checkpoints/a.safetensors'), weights);
  await utimes(path('checkpoints/a.safetensors'), 1_000, 1_000);
  await writeFile(path('loras/b.safetensors'), weights);
  await chmod(path('loras/b.safetensors'), 0o640);
  await utimes(path('loras/b.safetensors'), 2_000, 2_000);
  await link(path('loras/b.safetensors'), path('loras/b-again.safetensors'));
  await writeFile(path('loras/other.safetensors'), other);
  await writeFile(path('.cache/hidden.safetensors'), weights);
  await writeFile(path('library/modelkeep.json'), '{}');
  await writeFile(path('library/c.safetensors'), weights);
  await symlink(path('checkpoints/a.safetensors'), path('loras/link.safetensors'));
  const io = createIo({ workers: 'in-thread' });
  return {
    folder,
    io,
    path,
    async [Symbol.asyncDispose]() {
      await io.close();
      await temporary[Symbol.asyncDispose]();
    },
  };
}

describe('duplicates of a folder', () => {
  it('are told before anything is done: which, and what they cost', async () => {
    await using app = await openApp();
    const before = await readdir(app.folder, { recursive: true });
    const operation = findDuplicates(app.io, app.folder, small);
    const found = await operation.result;
    expect(found).toMatchObject({
      files: 4,
      bytesHashed: 3 * weights.length,
      groups: [
        {
          sizeBytes: weights.length,
          bytesApparent: weights.length,
          keep: { path: app.path('loras/b-again.safetensors') },
          duplicates: [{ path: app.path('checkpoints/a.safetensors'), mtimeMs: 1_000_000 }],
        },
      ],
      leftAlone: [{ path: app.path('library') }],
    });
    expect(found.bytesOnDisk).toBeGreaterThanOrEqual(weights.length);
    expect(structuredClone(found)).toEqual(found);
    expect(await readdir(app.folder, { recursive: true })).toEqual(before);
    expect(operation.progress.current).toMatchObject({ phase: 'done', fraction: 1 });
    expect((await findDuplicates(app.io, app.folder).result).groups).toEqual([]);
    await expect(findDuplicates(app.io, '').result).rejects.toMatchObject({ code: 'core.invalid-argument' });
    await expect(findDuplicates(app.io, app.path('none')).result).rejects.toMatchObject({ code: 'io.not-found' });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(findDuplicates(app.io, app.folder, { ...small, signal }).result).rejects.toThrow('enough');
    await expect(shareDuplicates(app.io, found, { signal }).result).rejects.toThrow('enough');
  });

  it('share their bytes by reflinks, and by hard links only where that is allowed', async () => {
    await using app = await openApp();
    const { reflink } = await probeLinks(nodeFileSystem, app.folder);
    const found = await findDuplicates(app.io, app.folder, small).result;
    const first = await shareDuplicates(app.io, found).result;
    if (reflink) expect(first.shared).toMatchObject([{ method: 'reflink' }]);
    else {
      expect(first).toMatchObject({ shared: [], leftAlone: [{ reason: expect.stringContaining('no reflinks') }] });
      const done = await shareDuplicates(app.io, found, { allowHardlinks: true }).result;
      expect(done).toMatchObject({
        shared: [{ method: 'hardlink', path: app.path('checkpoints/a.safetensors'), mode: 0o644, mtimeMs: 1_000_000 }],
        leftAlone: [],
        bytesApparent: weights.length,
        bytesOnDisk: found.bytesOnDisk,
      });
      expect((await stat(app.path('checkpoints/a.safetensors'))).nlink).toBe(3);
      expect((await findDuplicates(app.io, app.folder, small).result).groups).toEqual([]);
    }
    expect(await readFile(app.path('checkpoints/a.safetensors'))).toEqual(weights);
    expect((await readdir(app.path('checkpoints'))).length).toBe(1);
  });

  it('are left alone when they were changed, are gone, or are being written', async () => {
    await using app = await openApp();
    const found = await findDuplicates(app.io, app.folder, small).result;
    const path = app.path('checkpoints/a.safetensors');
    if (process.platform === 'linux') {
      await using handle = await open(path, 'r+');
      expect(handle.fd).toBeGreaterThan(0);
      const busy = await shareDuplicates(app.io, found, { allowHardlinks: true }).result;
      expect(busy).toMatchObject({ shared: [], leftAlone: [{ reason: expect.stringContaining('open for writing') }] });
    }
    await writeFile(path, other);
    const changed = await shareDuplicates(app.io, found, { allowHardlinks: true }).result;
    expect(changed).toMatchObject({ shared: [], leftAlone: [{ path, reason: expect.stringContaining('changed') }] });
    // The same time and size: only the bytes tell.
    await writeFile(app.path('loras/b.safetensors'), other);
    await utimes(app.path('loras/b.safetensors'), 2_000, 2_000);
    await writeFile(path, weights);
    await utimes(path, 1_000, 1_000);
    const forged = await shareDuplicates(app.io, found, { allowHardlinks: true }).result;
    expect(forged).toMatchObject({ shared: [], leftAlone: [{ path, reason: expect.stringContaining('changed') }] });
    expect(await readFile(path)).toEqual(weights);
  });

  it('keep their times and permissions where the drive has reflinks, and any error loses nothing', async () => {
    const model = createModelFileSystem({ reflinks: true });
    await place(model, '/models/a.safetensors', weights);
    await place(model, '/models/b.safetensors', weights);
    await model.fileSystem.chmod('/models/b.safetensors', 0o600);
    await model.fileSystem.setModifiedAt('/models/b.safetensors', 5_000);
    await model.fileSystem.setModifiedAt('/models/a.safetensors', 4_000);
    let points = 0;
    for (let atMutation = 1; ; atMutation += 1) {
      const copy = model.crash(createSeededRandom(1), 'everything');
      const error = (): Error => new Error('the process is gone');
      const faulty = createFaultyFileSystem({ ...copy, atMutation, lasts: 'from-then-on', error });
      await using io = createIo({ workers: 'in-thread', ...faulty });
      const found = await findDuplicates(io, '/models', small).result;
      const result = await shareDuplicates(io, found).result.catch(() => null);
      await expectSame(copy);
      for (let seed = 1; seed <= 20; seed += 1) await expectSame(copy.crash(createSeededRandom(seed)));
      if (faulty.struck !== null) {
        points += 1;
        await using sound = createIo({ workers: 'in-thread', ...copy });
        await shareDuplicates(sound, await findDuplicates(sound, '/models', small).result).result;
        expect((await filesBelow(copy, '/models')).size).toBe(2);
        continue;
      }
      expect(result?.shared).toMatchObject([{ path: '/models/b.safetensors', method: 'reflink', mtimeMs: 5_000 }]);
      expect(await copy.fileSystem.lstat('/models/b.safetensors')).toMatchObject({ mode: 0o600, mtimeMs: 5_000 });
      break;
    }
    expect(points).toBeGreaterThanOrEqual(6);
  });
});

async function expectSame(model: ModelFileSystem): Promise<void> {
  const files = await filesBelow(model, '/models');
  for (const name of ['a', 'b']) expect(files.get(`/models/${name}.safetensors`)).toEqual(weights);
}
