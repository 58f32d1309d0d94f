import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFluxLora, buildVae } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { laterBy, openTestStore, tempFolder } from '../open-store.test-helper.ts';
import type { KilledImport } from './killed-import.test-program.ts';

/** How many of the changes of an import in each mode are tried; `all` takes minutes. */
const points = process.env['MODELKEEP_IMPORT_KILLS'] ?? '4';
const program = new URL('killed-import.test-program.ts', import.meta.url);

const loras = [0.02, 0.03, 0.04].map((scale) => buildFluxLora({ scale }));
const vae = buildVae({ kind: 'sd', scale: 0.02 });
const weights = [...loras, vae];
const stored = ['lora/flux1/line-0', 'lora/flux1/line-1', 'lora/flux1/line-2', 'vae/other/vae'];
/** Where they are, each under its own name. */
const adopted = ['line-0', 'line-1', 'line-2', 'vae'];

/** Models of their own and the same weights twice, with notes beside them. */
async function writeSources(folder: string): Promise<readonly string[]> {
  const sources = ['one', 'two'].map((name) => join(folder, name)) as [string, string];
  for (const source of sources) await mkdir(source);
  for (const [place, bytes] of loras.entries()) await writeFile(join(sources[0], `line-${place}.safetensors`), bytes);
  await writeFile(join(sources[0], 'line-0.json'), '{"notes": "first"}');
  await writeFile(join(sources[1], 'vae.safetensors'), vae);
  await writeFile(join(sources[1], 'same.safetensors'), weights[0] ?? '');
  return sources;
}

/** @returns how many changes the import made; null when it was killed */
async function run(input: KilledImport): Promise<number | null> {
  const child = fork(program, [JSON.stringify(input)], { execArgv: ['--conditions=modelkeep-source'] });
  let mutations: number | null = null;
  child.on('message', (message) => (mutations = message as number));
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  expect(mutations === null).toBe(signal === 'SIGKILL');
  return mutations;
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Contents of all files below, by their hash. */
async function contentsBelow(folder: string): Promise<ReadonlySet<string>> {
  const contents = new Set<string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) contents.add(sha256Of(await readFile(join(entry.parentPath, entry.name))));
  }
  return contents;
}

async function expectWhole(root: string, sources: readonly string[], mode: KilledImport['mode']): Promise<void> {
  for (const blob of await readdir(join(root, 'blobs/sha256')).catch(() => [])) {
    expect(sha256Of(await readFile(join(root, 'blobs/sha256', blob)))).toBe(blob);
  }
  await using store = await openTestStore({ root });
  // What was moved already is not there to be imported again.
  const left = await store.import(sources, { mode }).result.catch((error: unknown) => error);
  if (left instanceof Error) expect(left).toMatchObject({ code: 'library.nothing-to-import' });
  expect((await store.verify()).problems).toEqual([]);
  const { records } = await store.index.list();
  const imported = records.flatMap(({ files }) => files.map(({ sha256 }) => sha256));
  expect(imported).toEqual(expect.arrayContaining(weights.map(sha256Of)));
  const places = mode === 'link' ? records.map(({ officialName }) => officialName) : records.map(({ slug }) => slug);
  expect(places.toSorted()).toEqual(mode === 'link' ? adopted : stored);
  expect((await store.survey()).problems).toEqual([]);
}

it.each(['copy', 'move', 'link'] as const)(
  'an import by %s that is killed right before any of its changes loses nothing, and goes through the next time',
  async (mode) => {
    await using first = await tempFolder();
    const mutations = await run({
      root: join(first.path, 'library'),
      sources: await writeSources(first.path),
      mode,
      atMutation: 0,
    });
    const stride = points === 'all' ? 1 : Math.floor((mutations ?? 0) / Number(points));
    let kills = 0;
    for (let atMutation = stride; atMutation <= (mutations ?? 0); atMutation += stride) {
      await using folder = await tempFolder();
      const root = join(folder.path, 'library');
      const sources = await writeSources(folder.path);
      if ((await run({ root, sources, mode, atMutation })) !== null) continue;
      kills += 1;
      const contents = await contentsBelow(folder.path);
      for (const bytes of weights) expect(contents).toContain(sha256Of(bytes));
      await expectWhole(root, sources, mode);
      await using dayAfter = await openTestStore({ root, clock: laterBy(25) });
      const { transactions, temp, pins } = dayAfter.layout;
      for (const place of [transactions, temp, pins]) {
        expect(await readdir(place), `killed before change ${atMutation}`).toEqual([]);
      }
    }
    expect(kills).toBeGreaterThanOrEqual(Math.min(Number(points) || Infinity, (mutations ?? 0) - 3));
  },
  3_600_000,
);
