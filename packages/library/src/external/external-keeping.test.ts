import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFluxLora } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import type { LibraryStore } from '../open-library-store.ts';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';

const lora = buildFluxLora({ scale: 0.02 });

interface Scene extends AsyncDisposable {
  readonly store: LibraryStore;
  readonly root: string;
  readonly models: string;
  readonly file: string;
  readonly id: string;
}

/** A library with one model that was adopted where it is. */
async function adopted(folder: string): Promise<Scene> {
  const models = join(folder, 'models');
  const file = join(models, 'line.safetensors');
  await mkdir(models);
  await writeFile(file, lora);
  const root = join(folder, 'library');
  const store = await openTestStore({ root });
  const { added } = await store.scan([models]).result;
  return { store, root, models, file, id: added[0]?.id ?? '', [Symbol.asyncDispose]: () => store.close() };
}

describe('a model outside the library', () => {
  it('is edited like any other, and a scan keeps the edit', async () => {
    await using folder = await tempFolder();
    await using scene = await adopted(folder.path);
    const { store, models, file, id } = scene;
    expect(await store.edit(id, { name: 'My line', tags: ['drawn'] })).toMatchObject({ name: 'My line' });
    await rename(file, join(models, 'moved.safetensors'));
    await store.scan([models]).result;
    expect(await store.resolve(id)).toMatchObject({ name: 'My line', tags: ['drawn'], place: { kind: 'external' } });
    expect((await store.history(id)).map(({ field }) => field).toSorted()).toEqual(['name', 'tags']);
    await store.rebuild();
    expect(await store.resolve(id)).toMatchObject({ name: 'My line' });
    expect((await store.survey()).problems).toEqual([]);
  });

  it('leaves its file where it is when it is deleted, and comes back once its folder changes', async () => {
    await using folder = await tempFolder();
    await using scene = await adopted(folder.path);
    const { store, root, models, file, id } = scene;
    const told = await store.remove(id, { dryRun: true });
    expect(told).toMatchObject({ files: [], kept: [], bytesToCollect: 0, bytesShared: 0 });
    await store.remove(id);
    expect(Buffer.compare(await readFile(file), lora)).toBe(0);
    expect(await store.index.stats()).toMatchObject({ models: 0 });
    expect(await readdir(join(root, 'external'))).toEqual([]);
    expect((await store.scan([models]).result).added).toEqual([]);
    await writeFile(join(models, 'notes.gguf.txt'), 'something new');
    await rename(file, join(models, 'renamed.safetensors'));
    expect((await store.scan([models]).result).added).toHaveLength(1);
  });

  it('is none of the business of repair, gc, usage and hashes of blobs', async () => {
    await using folder = await tempFolder();
    await using scene = await adopted(folder.path);
    const { store, file, id } = scene;
    const before = await stat(file);
    const changed = Buffer.from(lora);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    await writeFile(file, changed);
    const found = await store.verify();
    expect(found.problems).toMatchObject([{ modelId: id, problem: 'diverged', part: 'outside' }]);
    expect(await store.repair(found)).toMatchObject({ repaired: [], bad: [] });
    expect(Buffer.compare(await readFile(file), changed)).toBe(0);
    expect(await store.collectGarbage({ graceMs: 0 }).result).toMatchObject({ bytesReclaimable: 0, bytesFreed: 0 });
    expect(await store.computeHashes()).toEqual({ models: 0, bytesHashed: 0, corrupt: [] });
    expect((await store.usage()).bytesApparent).toBe(0);
    expect((await stat(file)).ino).toBe(before.ino);
  });

  it('takes what an export of another library knows of it', async () => {
    await using folder = await tempFolder();
    await using scene = await adopted(folder.path);
    const { store, file } = scene;
    await using other = await openTestStore({ root: join(folder.path, 'other') });
    const [model] = (await other.import([file]).result).models;
    await other.edit(model?.id ?? '', { licence: 'mit' });
    async function* lines(): AsyncGenerator<string> {
      for await (const line of other.exportMetadata()) yield `${JSON.stringify(line)}\n`;
    }
    expect(await store.importMetadata(lines())).toMatchObject({ changed: 1, unmatched: 0 });
    expect((await store.index.list()).records[0]).toMatchObject({ licence: 'mit', place: { kind: 'external' } });
    expect((await store.survey()).problems).toEqual([]);
  });
});
