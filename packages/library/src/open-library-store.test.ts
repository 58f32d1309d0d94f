import { chmod, link, mkdir, readdir, readFile, rename, rm, stat, unlink, writeFile, open } from 'node:fs/promises';
import { join } from 'node:path';
import { newId, type Logger, type ModelMetadata } from '@modelkeep/core';
import { nodeFileSystem, type FileSystem } from '@modelkeep/io';
import { buildFluxLora, buildVae, createSeededRandom } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import type { LibraryStore } from './open-library-store.ts';
import { openTestStore, tempFolder } from './open-store.test-helper.ts';

const lora = buildFluxLora();

async function withLora(root: string, logger?: Logger): Promise<LibraryStore> {
  const store = await openTestStore(logger === undefined ? { root } : { root, logger });
  await writeFile(join(root, '..', 'line.safetensors'), lora);
  await store.import([join(root, '..', 'line.safetensors')]).result;
  return store;
}

function warnings(): { readonly logger: Logger; readonly seen: string[] } {
  const seen: string[] = [];
  return { seen, logger: { debug() {}, info() {}, warn: (text) => seen.push(text), error: (text) => seen.push(text) } };
}

async function metadataOf(folder: string): Promise<ModelMetadata> {
  return JSON.parse(await readFile(join(folder, 'metadata.json'), 'utf8')) as ModelMetadata;
}

describe('opening', () => {
  it('makes a library in an empty or missing folder and finds it again', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'deep', 'library');
    const first = await openTestStore({ root });
    const { libraryId } = first;
    await first.close();
    await using again = await openTestStore({ root });
    expect(again.libraryId).toBe(libraryId);
    expect(again.recovery).toEqual({ finished: 0, resumable: 0, discarded: 0 });
    expect(JSON.parse(await readFile(join(root, 'modelkeep.json'), 'utf8'))).toMatchObject({
      format: 1,
      store: 'linked',
      libraryId,
    });
  });

  it('by several at once makes one library', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    const stores = await Promise.all(Array.from({ length: 6 }, () => openTestStore({ root })));
    expect(new Set(stores.map(({ libraryId }) => libraryId)).size).toBe(1);
    await Promise.all(stores.map((store) => store.close()));
  });

  it("leaves somebody's folder alone", async () => {
    await using folder = await tempFolder();
    await writeFile(join(folder.path, 'thesis.txt'), 'mine');
    await expect(openTestStore({ root: folder.path })).rejects.toMatchObject({ code: 'library.invalid' });
    expect(await readdir(folder.path)).toEqual(['thesis.txt']);
  });

  it('does not make a library where none is wanted', async () => {
    await using folder = await tempFolder();
    await expect(openTestStore({ root: folder.path, create: false })).rejects.toMatchObject({
      code: 'library.invalid',
    });
    await expect(openTestStore({ root: join(folder.path, 'x'), mode: 'read' })).rejects.toMatchObject({
      code: 'library.invalid',
    });
    expect(await readdir(folder.path)).toEqual([]);
  });

  it.each([
    ['a newer format for readers', { minReader: 2 }, 'core.format-newer'],
    ['a newer format altogether', { format: 9, store: 'quantum' }, 'core.format-newer'],
    ['nonsense', { libraryId: '../../etc' }, 'library.invalid'],
  ])('refuses %s', async (_what, change, code) => {
    await using folder = await tempFolder();
    await (await openTestStore({ root: folder.path })).close();
    const path = join(folder.path, 'modelkeep.json');
    await writeFile(path, JSON.stringify({ ...(JSON.parse(await readFile(path, 'utf8')) as object), ...change }));
    await expect(openTestStore({ root: folder.path })).rejects.toMatchObject({ code });
  });

  it('reads only what a newer version reserves for newer writers', async () => {
    await using folder = await tempFolder();
    await (await openTestStore({ root: folder.path })).close();
    const path = join(folder.path, 'modelkeep.json');
    await writeFile(path, JSON.stringify({ ...(JSON.parse(await readFile(path, 'utf8')) as object), minWriter: 2 }));
    await using store = await openTestStore({ root: folder.path });
    expect(store.mode).toBe('read');
    await expect(store.import(['/x']).result).rejects.toMatchObject({
      code: 'library.read-only',
      hint: 'a newer modelkeep works on it: update this one',
    });
    await expect(store.begin([])).rejects.toMatchObject({ code: 'library.read-only' });
    await expect(store.rebuild()).rejects.toMatchObject({ code: 'library.read-only' });
  });

  it('for reading works without an index, and writes nothing', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await (await withLora(root)).close();
    for (const name of ['models.v2.db', 'models.v2.db-wal', 'models.v2.db-shm'])
      await rm(join(root, name), { force: true });
    const before = await readdir(root, { recursive: true });
    await using store = await openTestStore({ root, mode: 'read' });
    expect((await store.index.search('line')).hits).toHaveLength(1);
    expect(store.recovery).toBeNull();
    expect(await readdir(root, { recursive: true })).toEqual(before);
  });

  it('sets a damaged lock file aside', async () => {
    await using folder = await tempFolder();
    await (await openTestStore({ root: folder.path })).close();
    await writeFile(
      join(folder.path, '.modelkeep/locks/transactions.db'),
      'no database, and long enough for one'.repeat(40),
    );
    await using store = await openTestStore({ root: folder.path });
    expect(store.mode).toBe('write');
  });

  it('sets a damaged index aside and makes it anew', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await (await withLora(root)).close();
    await writeFile(
      join(root, 'models.v2.db'),
      'this is no database, and long enough to be looked at as one'.repeat(20),
    );
    await using store = await openTestStore({ root });
    expect((await store.index.stats()).models).toBe(1);
  });
});

describe('a reference', () => {
  it('is an id, a unique start of it, a slug, or a unique name', async () => {
    await using folder = await tempFolder();
    await using store = await withLora(join(folder.path, 'library'));
    await writeFile(join(folder.path, 'vae.safetensors'), buildVae({ kind: 'sd' }));
    await store.import([join(folder.path, 'vae.safetensors')]).result;
    const model = await store.resolve('lora/flux1/line');
    expect((await store.resolve(model.id)).slug).toBe('lora/flux1/line');
    await expect(store.resolve(model.id.slice(0, 4))).rejects.toMatchObject({ code: 'library.ambiguous-id' });
    expect((await store.resolve(model.id.slice(0, 30))).id).toBe(model.id);
    expect((await store.resolve('LINE')).id).toBe(model.id);
    const vae = await store.resolve('vae');
    await store.edit(vae.id, { name: 'Fine Line' });
    expect((await store.resolve('fine line')).id).toBe(vae.id);
    await store.edit(vae.id, { name: 'line' });
    await expect(store.resolve('line')).rejects.toMatchObject({
      code: 'library.ambiguous-id',
      facts: { ids: [model.id, vae.id], slugs: ['lora/flux1/line', vae.slug] },
    });
    await store.edit(vae.id, { name: model.id.slice(0, 30) });
    await expect(store.resolve(model.id.slice(0, 30))).rejects.toMatchObject({ code: 'library.ambiguous-id' });
    for (const nothing of [
      '',
      '%',
      'lin',
      'flux line',
      '"line',
      'line" OR "vae',
      newId(),
      'lora/flux1/other',
      '../../x',
      model.id.slice(0, 3),
    ]) {
      await expect(store.resolve(nothing), nothing).rejects.toMatchObject({ code: 'library.model-not-found' });
    }
  });
});

describe('the metadata', () => {
  it('that cannot be read hides its model and no other, and says so', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    const { logger, seen } = warnings();
    await using store = await withLora(root, logger);
    await writeFile(join(folder.path, 'vae.safetensors'), buildVae({ kind: 'flux' }));
    await store.import([join(folder.path, 'vae.safetensors')]).result;
    const broken = join(root, 'lora/flux1/line/metadata.json');
    await writeFile(broken, (await readFile(broken, 'utf8')).slice(0, 100));
    const report = await store.rebuild();
    expect(report).toMatchObject({ models: 1, problems: [{ slug: 'lora/flux1/line' }] });
    expect(report.problems[0]?.reason).toContain(broken);
    expect(seen).toContain('a model is left out of the index');
    expect((await store.verify({ depth: 'size' })).problems).toMatchObject([
      { slug: 'lora/flux1/line', problem: 'metadata' },
    ]);
    expect(await store.survey()).toEqual({ ...report, stale: 0 });
    expect((await stat(join(root, 'lora/flux1/line/line.safetensors'))).size).toBe(lora.byteLength);
  });

  it.each([
    ['a file name that leads out', { name: '../../../escape.safetensors' }],
    ['a file name of a device', { name: 'con.safetensors' }],
    ['a digest that is a path', { sha256: '../../../../etc/passwd' }],
  ])('with %s is not trusted', async (_what, change) => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const path = join(root, 'lora/flux1/line/metadata.json');
    const metadata = await metadataOf(join(root, 'lora/flux1/line'));
    await writeFile(path, JSON.stringify({ ...metadata, files: [{ ...metadata.files[0], ...change }] }));
    expect((await store.rebuild()).problems).toHaveLength(1);
  });

  it('says what a person says first, and where each fact came from', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const overrides = join(root, 'lora/flux1/line/overrides.json');
    await writeFile(
      overrides,
      JSON.stringify({ fields: { family: 'chroma', tags: ['mine'] }, version_ranges: { comfyui: '*' } }),
    );
    await store.rebuild();
    const model = await store.resolve('lora/flux1/line');
    expect(model).toMatchObject({
      family: 'chroma',
      tags: ['mine'],
      type: 'lora',
      origins: { family: 'user', tags: 'user' },
    });
    await writeFile(overrides, '{"fields": {"type": 7}}');
    expect((await store.rebuild()).problems[0]?.reason).toContain('overrides.json');
  });

  it('of a folder that was moved or removed by hand is no reason for a second model', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const { id } = await store.resolve('lora/flux1/line');
    await rename(join(root, 'lora/flux1/line'), join(root, 'lora/flux1/renamed'));
    const moved = await store.import([join(folder.path, 'line.safetensors')]).result;
    expect(moved.models.map((model) => [model.id, model.slug])).toEqual([[id, 'lora/flux1/renamed']]);
    await rm(join(root, 'lora/flux1/renamed'), { recursive: true });
    const again = await store.import([join(folder.path, 'line.safetensors')]).result;
    expect((await store.index.list()).records.map((model) => model.id)).toEqual([again.models[0]?.id]);
  });

  it('of a folder that was moved by hand is found where it is; a copy of it is reported', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    await mkdir(join(root, 'lora/mine'));
    await rename(join(root, 'lora/flux1/line'), join(root, 'lora/mine/line'));
    await store.rebuild();
    expect((await store.resolve('lora/mine/line')).slug).toBe('lora/mine/line');
    await mkdir(join(root, 'lora/mine/copy'));
    await writeFile(
      join(root, 'lora/mine/copy/metadata.json'),
      await readFile(join(root, 'lora/mine/line/metadata.json')),
    );
    expect((await store.rebuild()).problems).toMatchObject([
      { slug: 'lora/mine/line', reason: expect.stringContaining('copy') },
    ]);
  });
});

it('whose index is damaged in its middle sets it aside and makes it anew', async () => {
  await using folder = await tempFolder();
  const root = join(folder.path, 'library');
  await (await withLora(root)).close();
  const path = join(root, 'models.v2.db');
  const bytes = await readFile(path);
  // The first page, by which a database is known, stays.
  await writeFile(path, Buffer.concat([bytes.subarray(0, 8_192), Buffer.alloc(bytes.length - 8_192, 0x5a)]));
  await using store = await openTestStore({ root });
  expect(await store.rebuild()).toMatchObject({ models: 1, problems: [] });
  expect((await store.index.check()).ok).toBe(true);
  expect((await store.index.list()).records).toHaveLength(1);
  expect((await readdir(root)).filter((name) => /^models\.v2\.db\.corrupt-\w+$/.test(name))).toHaveLength(1);
  expect(await store.rebuild()).toMatchObject({ models: 1 });
});

describe('verify', () => {
  it('finds what is missing, changed or of another size', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const model = await store.resolve('lora/flux1/line');
    const sha256 = model.files[0]?.sha256 ?? '';
    const blob = join(root, 'blobs/sha256', sha256);
    const file = join(root, 'lora/flux1/line/line.safetensors');
    const problemOf = async (depth?: 'size'): Promise<object | undefined> =>
      (await store.verify({ depth })).problems[0];

    expect(await store.verify()).toEqual({
      models: 1,
      files: 1,
      bytesHashed: lora.byteLength,
      problems: [],
      apart: [],
      doubled: [],
      unsafe: [],
    });
    await unlink(file);
    expect(await problemOf()).toMatchObject({ problem: 'missing', file: 'line.safetensors', modelId: model.id });
    await writeFile(file, buildFluxLora({ fillSeed: 3 }));
    expect(await problemOf()).toMatchObject({ problem: 'diverged', expected: sha256 });
    expect(await problemOf('size')).toBeUndefined();
    await writeFile(file, 'short');
    expect(await problemOf('size')).toMatchObject({ problem: 'diverged', found: '5' });
    await unlink(file);
    await link(blob, file);
    await chmod(blob, 0o644);
    await writeFile(blob, 'short');
    expect(await problemOf()).toMatchObject({ problem: 'size', expected: String(lora.byteLength), found: '5' });
    await unlink(blob);
    expect(await problemOf()).toMatchObject({ problem: 'blob-missing', expected: sha256, found: null });
  });

  it('finds each of many flipped bits', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await openTestStore({ root });
    const small = buildVae({ kind: 'sd', scale: 0.02 });
    await writeFile(join(folder.path, 'v.safetensors'), small);
    const { models } = await store.import([join(folder.path, 'v.safetensors')]).result;
    const blob = join(root, 'blobs/sha256', models[0]?.files[0]?.sha256 ?? '');
    await chmod(blob, 0o644);
    const flips = Number(process.env['MODELKEEP_BIT_FLIPS'] ?? 1_000);
    const random = createSeededRandom(7);
    const handle = await open(blob, 'r+');
    for (let flip = 0; flip < flips; flip += 1) {
      const at = random.below(small.length);
      const byte = small[at] ?? 0;
      await handle.write(Uint8Array.of(byte ^ (1 << random.below(8))), 0, 1, at);
      expect((await store.verify()).problems).toMatchObject([{ problem: 'corrupt', part: 'blob' }]);
      await handle.write(Uint8Array.of(byte), 0, 1, at);
    }
    expect((await store.verify()).problems).toEqual([]);
    await handle.close();
  });
});

it('opens the library that another process makes while this one looks for it', async () => {
  await using folder = await tempFolder();
  const { path: root } = folder;
  let other: LibraryStore | undefined;
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    async readdir(path) {
      if (path === root) other ??= await openTestStore({ root });
      return nodeFileSystem.readdir(path);
    },
  };
  const store = await openTestStore({ root, fileSystem });
  expect(other).toBeDefined();
  expect(store.libraryId).toBe(other?.libraryId);
  await store.close();
  await other?.close();
});
