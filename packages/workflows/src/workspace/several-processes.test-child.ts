import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { createSeededRandom } from '@modelkeep/testing';
import { openWorkspace } from './open-workspace.ts';
import type { Workspace } from './workspace.ts';

/**
 * One of several processes of an app on one library: works at random until the time is over, as they do, and follows the
 * changes. Its last line is what the changes have told it, and what it has written where no other one writes, as JSON.
 */
const [root = '', sources = '', appRoot = '', mode = 'write', seed = '1', seconds = '1'] = process.argv.slice(2);
const random = createSeededRandom(Number(seed));
const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;

/** What may happen to whoever works on a model that another process works on. */
const expected = ['library.model-not-found', 'library.model-evicted', 'sqlite.locked', 'mapper.busy'];

const library = await openWorkspace({ root, mode: mode === 'read' ? 'read' : 'write', privateOrigins: [] });
const files = (await readdir(sources)).map((name) => join(sources, name));

const told = new Map<string, number>();
let resyncs = 0;
const readAll = async (): Promise<void> => {
  told.clear();
  for (const { id, revision } of await library.list()) told.set(id, revision);
};
const ending = new AbortController();
const following = (async () => {
  for await (const { changes, resync } of library.changes({ signal: ending.signal })) {
    if (resync) {
      resyncs += 1;
      await readAll();
    }
    for (const { modelId } of changes) {
      const record = await library.get(modelId).catch(() => null);
      if (record?.id === modelId) told.set(modelId, record.revision);
      else told.delete(modelId);
    }
  }
})().catch((error: unknown) => {
  if (!ending.signal.aborted) throw error;
});

const anyModel = async (): Promise<string> => (await library.list()).at(random.below(8))?.id ?? 'none';
/** By model what this process alone has written there last: the one process the tags, the other the description. */
const written = new Map<string, string>();
let edits = 0;
const writeOwn = async (it: Workspace): Promise<void> => {
  const id = await anyModel();
  const value = `${seed} for the ${(edits += 1)}th time`;
  written.delete(id);
  await it.edit(id, Number(seed) % 2 === 0 ? { tags: [value] } : { description: value });
  written.set(id, value);
};

const reading: readonly ((library: Workspace) => Promise<unknown>)[] = [
  async (it) => it.search(pick(['lora', 'fl', 'tag 3', 'm', 'nonsense', '"', 'lora -x*'])),
  async (it) => it.page({ limit: 3, sort: 'size' }),
  async (it) => it.facets(pick(['', 'lora'])),
  async (it) => it.get(await anyModel()),
];
const writing: typeof reading = [
  async (it) => it.import(pick(files)).result,
  async (it) => it.import(files).result,
  writeOwn,
  writeOwn,
  async (it) => (random.below(2) === 0 ? it.pin(await anyModel()) : it.unpin(await anyModel())),
  async (it) => it.delete(await anyModel(), { unlink: true }),
  async (it) => (await it.planLinks('comfyui', { appRoot })).apply(),
  async (it) => it.collectGarbage().result,
  async (it) => it.recordUse(await anyModel()),
];
const works = mode === 'read' ? reading : [...reading, ...writing];

const until = performance.now() + Number(seconds) * 1_000;
for (let rounds = 0; performance.now() < until || rounds < 20; rounds += 1) {
  try {
    await pick(works)(library);
  } catch (error) {
    if (!expected.some((code) => isModelkeepError(error, code as 'sqlite.locked'))) throw error;
  }
}
process.stdout.write('over\n');
// The others are over as well: what they did last comes within moments.
await new Promise((resolve) => process.stdin.once('data', resolve));
await new Promise((resolve) => setTimeout(resolve, 500));
ending.abort();
await following;
await library.close();
const tellings = { told: [...told].toSorted(([a], [b]) => (a < b ? -1 : 1)), resyncs, written: [...written], edits };
process.stdout.write(`${JSON.stringify(tellings)}\n`);
process.exit(0);
