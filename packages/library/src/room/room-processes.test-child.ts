import { openTestStore } from '../open-store.test-helper.ts';

/** Evicts, pins, leases and takes back the models of a library at random, so many rounds. */
const [root = '', seed = '1', rounds = '10'] = process.argv.slice(2);
let state = Number(seed);
const below = (count: number): number => {
  state = (state * 48_271) % 2_147_483_647;
  return state % count;
};

await using store = await openTestStore({ root });
let held = 0;
for (let round = 0; round < Number(rounds); round += 1) {
  const { records } = await store.index.list();
  const model = records[below(records.length)];
  if (model === undefined) continue;
  const step = below(4);
  if (step === 0) await store.evict({ freeBytes: 1 + below(200_000), unfetchable: true }).result;
  if (step === 1) await store.pin(model.id);
  if (step === 2) await store.unpin(model.id);
  if (step === 3) {
    const lease = await store.lease(model.id).catch((error: { readonly code?: string }) => {
      if (error.code !== 'library.model-evicted') throw error;
      return null;
    });
    if (lease === null) continue;
    await store.evict({ freeBytes: 1e9, models: [model.id], unfetchable: true }).result;
    const { complete } = await store.resolve(model.id);
    const { problems } = await store.verify({ depth: 'size' });
    if (!complete || problems.length > 0) throw new Error(`a leased model is not whole: ${JSON.stringify(problems)}`);
    held += 1;
    await lease.release();
  }
}
process.stdout.write(`${held}\n`);
