import {
  createFaultyFileSystem,
  createModelFileSystem,
  createSeededRandom,
  type ModelFileSystem,
} from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { removeTree } from '../transaction/remove-tree.ts';
import { createModelStores, declareDeadOn, ROOT, type ModelStores } from './model-store.test-helper.ts';
import {
  brokenInvariants,
  download,
  hoursLater,
  importSources,
  lora,
  placeSources,
  vae,
} from './scenes.test-helper.ts';
import { afterCalls, byCoin, takeTurns, type ChooseTurn } from './turns.test-helper.ts';

/** Interleavings by coin; those at each single step are always run. */
const COINS = Number(process.env['MODELKEEP_INTERLEAVINGS'] ?? 60);
const clock = hoursLater(25);

/** A library with one model, and with the blob of another one that nobody needs just now. */
async function withGarbage(stores: ModelStores): Promise<ModelFileSystem> {
  let hours = 0;
  const model = createModelFileSystem({ now: () => Date.now() + hours * 3_600_000 });
  await placeSources(model);
  await using store = await stores.open(model, { index: 'prepared' });
  await importSources(store);
  await removeTree(model.fileSystem, `${ROOT}/vae/other/vae`);
  await store.rebuild();
  // From now on the drive and the libraries have the same clock again.
  hours = 25;
  return model;
}

interface Race {
  readonly choose: ChooseTurn;
  /** What happens while garbage is collected. */
  readonly work: 'import' | 'download' | 'gc';
}

/** @returns how many calls each of both made */
async function race(
  stores: ModelStores,
  { model, choose, work }: Race & { readonly model: ModelFileSystem },
): Promise<Readonly<Record<'a' | 'b', number>>> {
  const turns = takeTurns(model.fileSystem, choose);
  const calls = await turns.run({
    a: async () => {
      await using store = await stores.open({ ...model, fileSystem: turns.a }, { clock, index: 'race' });
      if (work === 'import') await importSources(store, ['two']);
      if (work === 'download')
        await download(store, model, { commit: 'a', files: { 'vae.safetensors': vae, 'again.safetensors': lora } });
      if (work === 'gc') await store.collectGarbage({ graceMs: 0 }).result;
    },
    b: async () => {
      await using store = await stores.open({ ...model, fileSystem: turns.b }, { clock, index: 'race' });
      await store.collectGarbage({ graceMs: 0 }).result;
      await store.collectGarbage({ graceMs: 0 }).result;
    },
  });
  expect(await brokenInvariants(model, ROOT)).toEqual([]);
  await using store = await stores.open(model, { clock, index: 'race' });
  expect(await store.verify()).toMatchObject({ models: work === 'gc' ? 1 : 2, problems: [] });
  return calls;
}

it.each(['import', 'download', 'gc'] as const)(
  'garbage is collected while another process does this: %s; either is held up at every step, and nothing is lost',
  async (work) => {
    await using stores = await createModelStores();
    const prepared = await withGarbage(stores);
    const copy = (): ModelFileSystem => prepared.crash(createSeededRandom(1), 'everything');
    let steps = 0;
    for (const first of ['a', 'b'] as const) {
      for (let count = 1; ; count += 1) {
        const calls = await race(stores, { model: copy(), choose: afterCalls(first, count), work });
        steps += 1;
        if (calls[first] <= count) break;
      }
    }
    for (let seed = 1; seed <= COINS / 3; seed += 1) {
      await race(stores, { model: copy(), choose: byCoin(createSeededRandom(seed)), work });
    }
    expect(steps).toBeGreaterThan(100);
  },
  240_000,
);

it('garbage is collected by a process that dies at any of its steps, and nothing is lost', async () => {
  await using stores = await createModelStores();
  let points = 0;
  for (let atMutation = 1; ; atMutation += 1) {
    const model = await withGarbage(stores);
    const dying = createFaultyFileSystem({
      ...model,
      atMutation,
      lasts: 'from-then-on',
      error: () => new Error('the process is gone'),
    });
    const collect = async (): Promise<void> => {
      await using store = await stores.open(dying, { clock, index: 'dying' });
      await store.collectGarbage({ graceMs: 0 }).result;
      await store.collectGarbage({ graceMs: 0 }).result;
    };
    await collect().catch(() => {});
    if (dying.struck === null) break;
    points += 1;
    expect(await brokenInvariants(model, ROOT)).toEqual([]);
    await declareDeadOn(model);
    await using store = await stores.open(model, { clock, index: 'dying' });
    expect((await store.verify()).problems).toEqual([]);
    await store.collectGarbage({ graceMs: 0 }).result;
    await store.collectGarbage({ graceMs: 0 }).result;
    expect(await store.collectGarbage({ graceMs: 0 }).result).toMatchObject({ items: [], needed: 2 });
    expect(await model.fileSystem.readdir(`${ROOT}/blobs/sha256`)).toHaveLength(2);
  }
  expect(points).toBeGreaterThan(8);
}, 120_000);
