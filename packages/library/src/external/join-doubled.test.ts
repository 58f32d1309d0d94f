import { chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFluxLora, createModelFileSystem, createSeededRandom, type ModelFileSystem } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import type { LibraryStore } from '../open-library-store.ts';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';
import { dieAtEachChange, failAtEachChange, losePower, type CrashWork } from '../proofs/crash-proof.test-helper.ts';
import { declareDeadOn, ROOT, type Drive, type ModelStores } from '../proofs/model-store.test-helper.ts';
import { brokenInvariants, filesBelow, lora, place, sha256Of } from '../proofs/scenes.test-helper.ts';

const SLUG = 'lora/flux1/line';
const STATES = Number(process.env['MODELKEEP_POWER_LOSS_STATES'] ?? 2_000) / 200;

interface Pair extends AsyncDisposable {
  readonly root: string;
  readonly file: string;
  readonly storedId: string;
  readonly outsideId: string;
}

/** A library with one model twice, as one from before both were made one: inside, and outside with what was said of it. */
async function makePair(folder: string): Promise<Omit<Pair, keyof AsyncDisposable>> {
  const [root, other, file] = [join(folder, 'library'), join(folder, 'other'), join(folder, 'models/mine.safetensors')];
  await mkdir(join(folder, 'models'));
  await writeFile(file, buildFluxLora({ scale: 0.02 }));
  await writeFile(join(folder, 'line.safetensors'), buildFluxLora({ scale: 0.02 }));
  await using adopting = await openTestStore({ root: other });
  const { added } = await adopting.scan([join(folder, 'models')]).result;
  const outsideId = added[0]?.id ?? '';
  await adopting.edit(outsideId, { tags: ['outside'], licence: 'mit' });
  await adopting.pin(outsideId);
  await using store = await openTestStore({ root });
  const { models } = await store.import([join(folder, 'line.safetensors')]).result;
  await store.edit(SLUG, { licence: 'apache-2.0' });
  await cp(join(other, 'external'), join(root, 'external'), { recursive: true });
  await store.rebuild();
  store.recordUse(outsideId);
  return { root, file, storedId: models[0]?.id ?? '', outsideId };
}

describe('a model that is in the library and outside', () => {
  it('is named by a verification, and a repair makes one of both that loses nothing', async () => {
    await using folder = await tempFolder();
    const { root, file, storedId, outsideId } = await makePair(folder.path);
    await using store = await openTestStore({ root });
    const others = await store.import([await anotherFile(folder.path)]).result;
    await namesOutside(store, others.models[0]?.slug ?? '', outsideId);
    const found = await store.verify();
    const pair = { modelId: storedId, slug: SLUG, outsideId, folder: join(folder.path, 'models') };
    expect(found).toMatchObject({ problems: [], doubled: [pair] });
    const told: unknown[] = [];
    const onJoined = async (model: { id: string }, formerId: string): Promise<void> =>
      void told.push([model.id, formerId]);
    expect(await store.repair(found, { onJoined })).toMatchObject({ joined: [pair] });
    expect(told).toEqual([[storedId, outsideId]]);

    // What was said of the one in the library counts before; what was said outside only counts now as well.
    const model = await store.resolve(SLUG);
    expect(model).toMatchObject({ id: storedId, tags: ['outside'], licence: 'apache-2.0', pinned: true });
    expect(model.formerIds).toEqual([outsideId]);
    expect((await store.history(SLUG)).map(({ field, to }) => [field, to])).toEqual(
      expect.arrayContaining([
        ['tags', ['outside']],
        ['licence', 'mit'],
        ['licence', 'apache-2.0'],
      ]),
    );
    expect((await store.lastUses()).get(storedId)).toBeGreaterThan(0);
    expect((await store.resolve(outsideId)).id).toBe(storedId);
    const { companions, supersedes } = await store.resolve(others.models[0]?.id ?? '');
    expect([companions, supersedes]).toEqual([[{ role: 'vae', id: storedId }], storedId]);
    expect(await readdir(join(root, 'external'))).toEqual([]);
    expect(Buffer.compare(await readFile(file), buildFluxLora({ scale: 0.02 }))).toBe(0);
    expect(await store.survey()).toEqual({ models: 2, stale: 0, problems: [] });
    const after = await store.verify();
    expect(after).toMatchObject({ problems: [], doubled: [] });
    expect(await store.repair(found)).toMatchObject({ joined: [] });
    expect((await store.resolve(SLUG)).revision).toBe(model.revision);
    // The file outside stays, as a duplicate; nothing by hand is found that nobody did.
    expect((await store.scan([join(folder.path, 'models')]).result).duplicates).toMatchObject([{ path: file }]);
    await store.edit(SLUG, { description: 'later' });
    expect((await store.history(SLUG)).filter(({ by }) => by === 'file')).toEqual([]);
  });

  it('stays two while the one in the library is damaged', async () => {
    await using folder = await tempFolder();
    const { root } = await makePair(folder.path);
    await using store = await openTestStore({ root });
    const path = join(root, SLUG, 'line.safetensors');
    await chmod(path, 0o644);
    await writeFile(path, 'damaged');
    const found = await store.verify();
    expect(found).toMatchObject({ problems: [{ part: 'blob' }], doubled: [{ slug: SLUG }] });
    expect((await store.repair(found)).joined).toEqual([]);
    expect(await readdir(join(root, 'external'))).toHaveLength(1);
  });

  it('is joined once by two at the same time', async () => {
    await using folder = await tempFolder();
    const { root, storedId } = await makePair(folder.path);
    await using one = await openTestStore({ root });
    await using two = await openTestStore({ root });
    const found = await one.verify();
    const reports = await Promise.all([one.repair(found), two.repair(found)]);
    expect(reports.flatMap(({ joined }) => joined)).toHaveLength(1);
    expect(await one.survey()).toEqual({ models: 1, stale: 0, problems: [] });
    expect((await two.resolve(SLUG)).id).toBe(storedId);
  });
});

async function anotherFile(folder: string): Promise<string> {
  const path = join(folder, 'another.safetensors');
  await writeFile(path, buildFluxLora({ scale: 0.02, metadata: { note: 'another' } }));
  return path;
}

/** A model that goes with the one outside, and came after it. */
async function namesOutside(store: LibraryStore, slug: string, id: string): Promise<void> {
  const path = join(store.root, slug, 'metadata.json');
  const metadata = JSON.parse(await readFile(path, 'utf8')) as { revision: number };
  const named = { ...metadata, companions: [{ role: 'vae', id }], supersedes: id, revision: metadata.revision + 1 };
  await writeFile(path, JSON.stringify(named));
  await store.rebuild();
}

/** The same on a drive of the model. */
async function preparePair(stores: ModelStores): Promise<ModelFileSystem> {
  const [model, other] = [createModelFileSystem(), createModelFileSystem()];
  for (const drive of [model, other]) await place(drive, '/sources/line.safetensors', lora);
  await using adopting = await stores.open(other, { index: 'other' });
  const { models } = await adopting.import(['/sources/line.safetensors'], { mode: 'link' }).result;
  await adopting.edit(models[0]?.id ?? '', { tags: ['outside'] });
  await using store = await stores.open(model, { index: 'prepared' });
  await store.import(['/sources/line.safetensors'], { mode: 'copy' }).result;
  for (const [path, bytes] of await filesBelow(other, `${ROOT}/external`)) await place(model, path, bytes);
  return model.crash(createSeededRandom(1), 'everything');
}

async function opened(stores: ModelStores, drive: Drive): Promise<LibraryStore> {
  const store = await stores.open(drive, { index: 'joining' });
  await store.rebuild();
  return store;
}

const joining: CrashWork = {
  prepare: preparePair,
  async run(stores, drive) {
    await using store = await opened(stores, drive);
    await store.repair(await store.verify({ depth: 'size' }));
  },
  async expectWhole(stores, model, where) {
    expect(await brokenInvariants(model, ROOT), where).toEqual([]);
    await declareDeadOn(model);
    await using store = await opened(stores, model);
    const models = (await store.index.list()).records;
    expect(
      models.flatMap(({ tags }) => tags),
      where,
    ).toContain('outside');
    await store.repair(await store.verify());
    expect(await store.resolve(SLUG), where).toMatchObject({ tags: ['outside'], place: { kind: 'library' } });
    expect(
      (await store.history(SLUG)).map(({ field }) => field),
      where,
    ).toContain('tags');
    expect(await store.survey(), where).toEqual({ models: 1, stale: 0, problems: [] });
    expect(await store.verify(), where).toMatchObject({ problems: [], doubled: [] });
    expect(sha256Of(await model.fileSystem.readFile('/sources/line.safetensors', { maxBytes: 1e9 }))).toBe(
      sha256Of(lora),
    );
    expect(await model.fileSystem.readdir(`${ROOT}/external`), where).toEqual([]);
  },
};

describe('a repair that makes one model of two', () => {
  it('and whose process dies at any of its changes loses nothing, and is done by the next one', async () => {
    expect(await dieAtEachChange(joining)).toBeGreaterThan(20);
  }, 60_000);

  it('and whose drive fails at any of its changes says so, and loses nothing', async () => {
    expect(await failAtEachChange(joining, { each: 2 })).toBeGreaterThan(8);
  }, 60_000);

  it('and that a power loss interrupts loses nothing', async () => {
    await losePower(joining, STATES);
  }, 60_000);
});
