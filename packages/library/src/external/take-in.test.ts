import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImportMode, ModelRecord } from '@modelkeep/core';
import { buildFluxLora } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import type { LibraryStore } from '../open-library-store.ts';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';
import { writeRepo } from '../repo.test-helper.ts';
import { writeCachedCommit } from '../stores/stores.test-helper.ts';

const lora = buildFluxLora({ scale: 0.02 });
const SLUG = 'lora/flux1/line';

interface Scene extends AsyncDisposable {
  readonly store: LibraryStore;
  readonly models: string;
  readonly file: string;
  readonly id: string;
}

/** A library with one model that was adopted where it is, and of which a person has said something. */
async function adopted(folder: string): Promise<Scene> {
  const models = join(folder, 'models');
  const file = join(models, 'line.safetensors');
  await mkdir(models);
  await writeFile(file, lora);
  await writeFile(join(models, 'line.json'), '{"activation text": "line art"}');
  const store = await openTestStore({ root: join(folder, 'library') });
  const { added } = await store.scan([models]).result;
  const id = added[0]?.id ?? '';
  await store.edit(id, { tags: ['mine'] });
  await store.pin(id);
  return { store, models, file, id, [Symbol.asyncDispose]: () => store.close() };
}

/** There is one model, as the disk and the index say it, and it is the one that was adopted. */
async function expectOne({ store, id }: Pick<Scene, 'store' | 'id'>): Promise<ModelRecord> {
  expect(await store.survey()).toEqual({ models: 1, stale: 0, problems: [] });
  const { records } = await store.index.list();
  expect(records).toMatchObject([{ id, tags: ['mine'], triggerWords: ['line art'], place: { kind: 'library' } }]);
  expect(await readdir(join(store.root, 'external'))).toEqual([]);
  expect((await store.verify()).problems).toEqual([]);
  expect(await store.deletedModels()).toEqual([]);
  const [record] = records;
  if (record === undefined) throw new Error('there is a model');
  return record;
}

describe('a model that was adopted where it is', () => {
  it('becomes the one of the library when it is imported: with its id, and all that is known of it', async () => {
    await using folder = await tempFolder();
    await using scene = await adopted(folder.path);
    const { store, file, id, models } = scene;
    const taken: string[] = [];
    const onTakenIn = async (model: ModelRecord): Promise<void> => {
      expect((await stat(file)).isFile()).toBe(true);
      taken.push(model.id);
    };
    const report = await store.import([file], { onTakenIn }).result;
    expect(report).toMatchObject({ models: [{ id, slug: SLUG }], bytesCopied: lora.byteLength });
    expect(taken).toEqual([id]);
    const record = await expectOne(scene);
    expect(record.files.map(({ name, at, stamp }) => [name, at, stamp])).toEqual([
      ['line.safetensors', undefined, undefined],
    ]);
    expect(record.sources).toMatchObject([{ provider: 'local', path: file }]);
    expect((await store.history(id)).map(({ field }) => field)).toContain('tags');
    expect(record.pinned).toBe(true);
    // What is outside is there twice from now on, and the business of nobody when it goes.
    const scanned = await store.scan([models]).result;
    expect(scanned.duplicates).toMatchObject([{ path: file, modelId: id }]);
    expect([scanned.added, scanned.missing, scanned.hashesComputed]).toEqual([[], [], 0]);
    await rename(file, join(folder.path, 'elsewhere'));
    expect(await store.scan([models]).result).toMatchObject({ missing: [], moved: [], duplicates: [] });
    await expectOne(scene);
  });

  it.each(['move', 'copy', 'link'] as const)(
    'is one model after an import with mode %s of another copy',
    async (mode: ImportMode) => {
      await using folder = await tempFolder();
      await using scene = await adopted(folder.path);
      const { store, file, id, models } = scene;
      const copy = join(folder.path, 'copy of line.safetensors');
      await writeFile(copy, lora);
      const { models: imported } = await store.import([copy], { mode }).result;
      expect(imported.map((model) => model.id)).toEqual([id]);
      expect(Buffer.compare(await readFile(file), lora)).toBe(0);
      if (mode === 'link') {
        // On a drive that cannot clone the second copy is a second place of the adopted one.
        expect(await store.survey()).toMatchObject({ models: 1, problems: [] });
        return;
      }
      await expectOne(scene);
      expect(await readdir(folder.path)).toEqual(
        expect.arrayContaining(mode === 'copy' ? ['copy of line.safetensors'] : ['models']),
      );
      expect((await store.scan([models]).result).duplicates).toMatchObject([{ path: file }]);
    },
  );

  it('loses its name outside when it is moved in, after what leads to it was told', async () => {
    await using folder = await tempFolder();
    await using scene = await adopted(folder.path);
    const { store, file, models } = scene;
    const there: boolean[] = [];
    const onTakenIn = async (): Promise<void> => {
      there.push((await readdir(models)).includes('line.safetensors'));
    };
    const report = await store.import([models], { mode: 'move', onTakenIn }).result;
    expect(report.bytesMoved).toBeGreaterThanOrEqual(lora.byteLength);
    expect(there).toEqual([true]);
    expect(await readdir(models)).toEqual([]);
    await expectOne(scene);
    expect(await store.scan([models]).result).toMatchObject({ missing: [], duplicates: [], added: [] });
    expect((await stat(join(store.root, SLUG, 'line.safetensors'))).size).toBe(lora.byteLength);
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  it('that was missing is the same model when it is imported from elsewhere', async () => {
    await using folder = await tempFolder();
    await using scene = await adopted(folder.path);
    const { store, file, models } = scene;
    const away = join(folder.path, 'away.safetensors');
    await rename(file, away);
    expect((await store.scan([models]).result).missing).toHaveLength(1);
    await store.import([away]).result;
    await expectOne(scene);
  });

  it('keeps where a store says that it is from, and a pipeline all of its files', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const cache = join(folder.path, 'hub');
    const commit = 'c'.repeat(40);
    await writeCachedCommit(cache, { repo: 'acme/lines', commit, refs: ['main'], files: { 'line.safetensors': lora } });
    const pipeline = join(folder.path, 'tiny');
    await writeRepo(pipeline, 'acme/tiny-diffusers');
    const { added } = await store.scan([cache, pipeline]).result;
    expect(added).toHaveLength(2);
    await writeFile(join(folder.path, 'mine.safetensors'), lora);
    const { models } = await store.import([join(folder.path, 'mine.safetensors'), pipeline]).result;
    expect(new Set(models.map(({ id }) => id))).toEqual(new Set(added.map(({ id }) => id)));
    const [line, whole] = models;
    expect(line).toMatchObject({ sourceGroup: 'hf:acme/lines', place: { kind: 'library' } });
    expect(line?.files).toMatchObject([
      { name: 'mine.safetensors', source: { provider: 'hf', repo: 'acme/lines', commit } },
    ]);
    expect(line?.sources.map(({ provider }) => provider)).toEqual(['hf', 'local']);
    expect(whole).toMatchObject({ format: 'diffusers', complete: true, place: { kind: 'library' } });
    expect(await store.survey()).toMatchObject({ models: 2, stale: 0, problems: [] });
    expect((await store.verify()).problems).toEqual([]);
  });

  it('becomes one of the volume that it is imported to', async () => {
    await using folder = await tempFolder();
    await using scene = await adopted(folder.path);
    const { store, file, id } = scene;
    const disk = join(folder.path, 'disk');
    await store.addVolume(disk, { label: 'disk' });
    const { models } = await store.import([file], { volume: 'disk' }).result;
    expect(models.map((model) => model.id)).toEqual([id]);
    expect(store.folderOf(models[0] ?? { slug: '' })).toBe(join(disk, SLUG));
    expect(await readdir(join(store.root, 'external'))).toEqual([]);
    expect(await store.survey()).toEqual({ models: 1, stale: 0, problems: [] });
    expect(await store.resolve(id)).toMatchObject({ tags: ['mine'], place: { kind: 'library' } });
  });
});

describe('a model of the library', () => {
  it('stays the one model when the same bytes are adopted elsewhere', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const models = join(folder.path, 'models');
    const file = join(models, 'line.safetensors');
    await mkdir(models);
    await writeFile(file, lora);
    const [first] = (await store.import([file]).result).models;
    const linked = await store.import([file], { mode: 'link' }).result;
    expect(linked.models.map(({ id, place }) => [id, place.kind])).toEqual([[first?.id, 'library']]);
    const scanned = await store.scan([models]).result;
    expect(scanned).toMatchObject({ added: [], duplicates: [{ path: file, modelId: first?.id }] });
    expect(await store.survey()).toEqual({ models: 1, stale: 0, problems: [] });
  });
});
