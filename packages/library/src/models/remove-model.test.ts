import { link, mkdir, readdir, readFile, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelkeepError, newId, type ModelMetadata } from '@modelkeep/core';
import { buildFluxLora, buildVae, createFaultyFileSystem, systemError } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import type { LibraryStore } from '../open-library-store.ts';
import { declareDead, openTestStore, tempFolder } from '../open-store.test-helper.ts';

const lora = buildFluxLora({ scale: 0.02 });
const slug = 'lora/flux1/line';

async function withLora(root: string): Promise<LibraryStore> {
  const store = await openTestStore({ root });
  const source = join(root, '..', 'in');
  await mkdir(source, { recursive: true });
  await writeFile(join(source, 'line.safetensors'), lora);
  await writeFile(join(source, 'line.json'), '{"notes": "first"}');
  await store.import([source]).result;
  return store;
}

/** Every file of the library but its databases and locks, sorted. */
async function filesOf(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !/\.db(?:-wal|-shm|-journal)?$/u.test(path))
    .toSorted();
}

describe('deleting', () => {
  it('tells first what goes, then takes the model away and keeps its bytes for the collection', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const model = await store.edit(slug, { tags: ['mine'] });
    const before = await filesOf(root);
    const plan = await store.remove(slug, { dryRun: true });
    expect(plan).toEqual({
      modelId: model.id,
      slug,
      folder: join(root, slug),
      files: model.files.map(({ name, sha256, sizeBytes }) => ({ name, sha256, sizeBytes })),
      kept: [],
      bytesToCollect: model.sizeBytes,
      bytesShared: 0,
      companionOf: [],
      removed: false,
    });
    expect(await filesOf(root)).toEqual(before);
    const { cursor } = await store.index.changesSince(null);
    expect(await store.remove(model.id)).toEqual({ ...plan, removed: true });
    expect((await store.index.changesSince(cursor)).changes).toMatchObject([{ modelId: model.id, kind: 'removed' }]);
    await expect(store.resolve(model.id)).rejects.toMatchObject({ code: 'library.model-not-found' });
    expect(await readdir(join(root, 'lora/flux1'))).toEqual([]);
    expect(await readdir(join(root, 'blobs/sha256'))).toHaveLength(2);
    expect(await readdir(store.layout.transactions)).toEqual([]);
    const trash = join(root, '.modelkeep/trash');
    const [time = ''] = await readdir(trash);
    expect(time).toMatch(/^models-\d{8}T\d{9}Z$/);
    expect(await readdir(join(trash, time, model.id))).toEqual([
      'line.json',
      'line.safetensors',
      'metadata.json',
      'overrides.json',
    ]);
    expect(await store.rebuild()).toEqual({ models: 0, problems: [] });
    const again = await store.import([join(folder.path, 'in')]).result;
    expect(again.models.map(({ slug: place, tags }) => [place, tags])).toEqual([[slug, []]]);
    expect((await store.verify()).problems).toEqual([]);
  });

  it('leaves what is not the library’s where it is: notes, an app’s files, links, what was changed since', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const place = join(root, slug);
    await writeFile(join(place, 'notes.txt'), 'mine');
    await mkdir(join(place, 'app/deep'), { recursive: true });
    await mkdir(join(place, 'empty'));
    await writeFile(join(place, 'app/deep/state.json'), '{}');
    await writeFile(join(folder.path, 'elsewhere.txt'), 'mine too');
    await symlink(join(folder.path, 'elsewhere.txt'), join(place, 'link.txt'));
    await unlink(join(place, 'line.json'));
    await writeFile(join(place, 'line.json'), '{"notes": "SECON"}');
    const { kept, files, removed } = await store.remove(slug);
    expect([kept, files.map(({ name }) => name), removed]).toEqual([
      ['app/deep/state.json', 'line.json', 'link.txt', 'notes.txt'],
      ['line.safetensors'],
      true,
    ]);
    expect((await readdir(place)).toSorted()).toEqual(['app', 'empty', 'line.json', 'link.txt', 'notes.txt']);
    expect(await readFile(join(place, 'line.json'), 'utf8')).toBe('{"notes": "SECON"}');
    expect(await readFile(join(folder.path, 'elsewhere.txt'), 'utf8')).toBe('mine too');
    const { models } = await store.import([join(folder.path, 'in')]).result;
    expect(models[0]?.slug).toMatch(/^lora\/flux1\/line-[0-9a-f]{8}$/);
  });

  it('takes files that are copies of their blobs, as a drive with reflinks has them', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const file = join(root, slug, 'line.safetensors');
    await unlink(file);
    await writeFile(file, lora);
    expect(await store.remove(slug)).toMatchObject({ kept: [], files: [{}, {}] });
    expect(await readdir(join(root, 'lora/flux1'))).toEqual([]);
  });

  it('says which bytes and which models share with it', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const other = join(folder.path, 'other');
    await mkdir(other);
    await writeFile(join(other, 'vae.safetensors'), buildVae({ kind: 'sd', scale: 0.02 }));
    await writeFile(join(other, 'vae.json'), '{"notes": "first"}');
    await store.import([other]).result;
    const vae = await store.resolve('vae/other/vae');
    const path = join(root, slug, 'metadata.json');
    const metadata = JSON.parse(await readFile(path, 'utf8')) as ModelMetadata;
    await writeFile(path, JSON.stringify({ ...metadata, companions: [{ role: 'vae', id: vae.id }] }));
    await store.rebuild();
    const plan = await store.remove('vae/other/vae', { dryRun: true });
    expect(plan).toMatchObject({
      bytesShared: '{"notes": "first"}'.length,
      bytesToCollect: vae.sizeBytes - '{"notes": "first"}'.length,
      companionOf: [{ id: metadata.id, slug, role: 'vae' }],
    });
  });

  it('of a model that is not there, or where one may only read, is refused', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await (await withLora(root)).close();
    await using reader = await openTestStore({ root, mode: 'read' });
    expect((await reader.remove(slug, { dryRun: true })).removed).toBe(false);
    await expect(reader.remove(slug)).rejects.toMatchObject({ code: 'library.read-only' });
    await expect(reader.remove('nothing')).rejects.toMatchObject({ code: 'library.read-only' });
    await expect(reader.remove('nothing', { dryRun: true })).rejects.toMatchObject({ code: 'library.model-not-found' });
    await using store = await openTestStore({ root });
    const reason = new Error('enough');
    await expect(store.remove(slug, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await store.survey()).toEqual({ models: 1, stale: 0, problems: [] });
  });

  it('does not follow a link in place of the trash, or of a folder within the model', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const victim = join(folder.path, 'victim');
    await mkdir(victim);
    await rm(join(root, '.modelkeep/trash'), { recursive: true });
    await symlink(victim, join(root, '.modelkeep/trash'));
    await expect(store.remove(slug)).rejects.toMatchObject({ code: 'library.invalid' });
    expect(await readdir(victim)).toEqual([]);
    expect((await store.verify()).problems).toEqual([]);
    await rm(join(root, '.modelkeep/trash'));

    const path = join(root, slug, 'metadata.json');
    const metadata = JSON.parse(await readFile(path, 'utf8')) as ModelMetadata;
    await writeFile(join(victim, 'line.json'), '{"notes": "first"}');
    await symlink(victim, join(root, slug, 'd'));
    const files = metadata.files.map((file) => (file.name === 'line.json' ? { ...file, name: 'd/line.json' } : file));
    await writeFile(path, JSON.stringify({ ...metadata, files }));
    expect(await store.remove(slug)).toMatchObject({ kept: ['d', 'line.json'], files: [{ name: 'line.safetensors' }] });
    expect(await readdir(victim)).toEqual(['line.json']);
    expect((await readdir(join(root, slug))).toSorted()).toEqual(['d', 'line.json']);
  });

  it('and storing the same again at once leaves no half of either', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    await using other = await openTestStore({ root });
    for (let round = 0; round < 5; round += 1) {
      const { id } = await store.resolve(slug);
      await Promise.all([store.remove(id), other.import([join(folder.path, 'in')]).result]);
      await store.import([join(folder.path, 'in')]).result;
      expect(await store.survey()).toEqual({ models: 1, stale: 0, problems: [] });
      expect((await store.verify()).problems).toEqual([]);
    }
  });
});

describe('a deletion that is cut off', () => {
  class Crash extends Error {}

  it.each([
    ['by the end of its process', (): Error => new Crash('the process is gone'), 'from-then-on'],
    ['by its drive', (): Error => systemError('ENOSPC'), 'once'],
  ] as const)(
    '%s leaves the model whole or gone',
    async (_what, error, lasts) => {
      const outcomes = new Set<number>();
      let points = 0;
      await using template = await tempFolder();
      await (await withLora(join(template.path, 'library'))).close();
      for (let atMutation = 1; ; atMutation += 1) {
        await using folder = await tempFolder();
        const root = join(folder.path, 'library');
        await copyLibrary(join(template.path, 'library'), root);
        await writeFile(join(root, slug, 'notes.txt'), 'mine');
        await writeFile(join(root, slug, '.0123456789abcdef.tmp'), 'left by a process that died');
        const faulty = createFaultyFileSystem({ atMutation, lasts, error });
        try {
          await using store = await openTestStore({ root, fileSystem: faulty.fileSystem });
          await store.remove(slug);
        } catch (failure) {
          expect(failure).toSatisfy((it) => it instanceof Crash || it instanceof ModelkeepError);
        }
        if (faulty.struck === null) break;
        points += 1;
        await declareDead(root);
        await using store = await openTestStore({ root });
        const { models, ...rest } = await store.survey();
        outcomes.add(models);
        expect(rest, `at ${atMutation}`).toEqual({ stale: 0, problems: [] });
        expect((await store.verify()).problems, `at ${atMutation}`).toEqual([]);
        expect(await readFile(join(root, slug, 'notes.txt'), 'utf8')).toBe('mine');
        if (models === 0) expect(await readdir(join(root, slug))).toEqual(['notes.txt']);
        const recorded = (await readdir(store.layout.transactions)).filter((name) => !name.endsWith('.tmp'));
        expect(recorded).toEqual([]);
        expect(await readdir(join(root, 'blobs/sha256'))).toHaveLength(2);
      }
      expect(points).toBeGreaterThan(10);
      expect(outcomes).toEqual(new Set([0, 1]));
    },
    120_000,
  );

  it('leaves alone what took the place since', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const { id } = await store.resolve(slug);
    const trash = 'models-20260101T000000000Z';
    const entry = join(root, '.modelkeep/trash', trash, id);
    await mkdir(entry, { recursive: true });
    await rename(join(root, slug, 'metadata.json'), join(entry, 'metadata.json'));
    for (const name of ['line.json', 'line.safetensors']) await rm(join(root, slug, name));
    await rm(join(root, slug), { recursive: true });
    const { models } = await store.import([join(folder.path, 'in')]).result;
    expect(models[0]).toMatchObject({ slug });
    const record = {
      id,
      owner: null,
      startedAt: new Date().toISOString(),
      files: [],
      models: [],
      removal: { id, slug, trash },
    };
    await writeFile(join(root, '.modelkeep/txn', `${id}.json`), JSON.stringify(record));
    await using other = await openTestStore({ root });
    expect(other.recovery).toMatchObject({ finished: 1 });
    expect(await other.survey()).toEqual({ models: 1, stale: 0, problems: [] });
    expect((await other.verify()).problems).toEqual([]);
  });
});

describe('a record of a deletion', () => {
  const trash = 'models-20260101T000000000Z';
  const recorded = async (root: string, removal: object): Promise<void> => {
    const id = newId();
    const record = { id, owner: null, startedAt: new Date().toISOString(), files: [], models: [], removal };
    await writeFile(join(root, '.modelkeep/txn', `${id}.json`), JSON.stringify(record));
  };

  it('whose metadata cannot be read does not keep the library from opening', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    const store = await withLora(root);
    const { id } = await store.resolve(slug);
    await store.close();
    const entry = join(root, '.modelkeep/trash', trash, id);
    await mkdir(entry, { recursive: true });
    await rename(join(root, slug, 'metadata.json'), join(entry, 'metadata.json'));
    await writeFile(join(entry, 'metadata.json'), '{');
    await recorded(root, { id, slug, trash });
    await using again = await openTestStore({ root });
    expect(await again.survey()).toEqual({ models: 0, stale: 0, problems: [] });
    expect((await readdir(join(root, slug))).toSorted()).toEqual(['line.json', 'line.safetensors']);
  });

  it.each([
    ['a place in the trash that leads out', { trash: '../../..' }],
    ['a folder that leads out', { slug: '../../x' }],
    ['an id that is a path', { id: '../x' }],
  ])('with %s is not believed', async (_what, change) => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    const store = await withLora(root);
    const { id } = await store.resolve(slug);
    await store.close();
    await recorded(root, { id, slug, trash, ...change });
    await using again = await openTestStore({ root });
    expect(await again.survey()).toEqual({ models: 1, stale: 0, problems: [] });
    expect((await again.verify()).problems).toEqual([]);
  });
});

/** The same with hard links joined again, as a copy of a library has them. */
async function copyLibrary(from: string, to: string): Promise<void> {
  const { cp } = await import('node:fs/promises');
  await cp(from, to, { recursive: true });
  for (const name of await readdir(join(to, slug))) {
    if (name === 'metadata.json') continue;
    const metadata = JSON.parse(await readFile(join(to, slug, 'metadata.json'), 'utf8')) as ModelMetadata;
    const file = metadata.files.find((one) => one.name === name);
    if (file === undefined) continue;
    await rm(join(to, slug, name));
    await link(join(to, 'blobs/sha256', file.sha256), join(to, slug, name));
  }
}
