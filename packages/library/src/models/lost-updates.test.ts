import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFluxLora } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';

const WRITERS = Number(process.env['MODELKEEP_WRITERS'] ?? 8);
/** Each round is an edit and an update. */
const ROUNDS = Number(process.env['MODELKEEP_WRITES'] ?? 50) / 2;
const program = fileURLToPath(new URL('./lost-updates.test-program.ts', import.meta.url));

it(`${WRITERS} processes with ${2 * ROUNDS} changes each of one model, half of them edits, lose none`, async () => {
  await using folder = await tempFolder();
  const root = join(folder.path, 'library');
  const slug = 'lora/flux1/line';
  {
    await using store = await openTestStore({ root });
    await writeFile(join(folder.path, 'line.safetensors'), buildFluxLora({ scale: 0.02 }));
    await store.import([join(folder.path, 'line.safetensors')]).result;
  }
  const ends = Array.from({ length: WRITERS }, async (_, writer) => {
    const args = ['--conditions=modelkeep-source', program, root, slug, `w${writer}`, String(ROUNDS)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  });
  expect(await Promise.all(ends)).toEqual(ends.map(() => 0));
  await using store = await openTestStore({ root });
  const model = await store.resolve(slug);
  const marks = Array.from({ length: WRITERS }, (_, writer) =>
    Array.from({ length: ROUNDS }, (__, round) => `w${writer}-${round}`),
  ).flat();
  expect(model.tags.toSorted()).toEqual(marks.toSorted());
  const paths = model.sources.filter(({ provider }) => provider === 'url').map(({ path }) => path?.slice(1) ?? '');
  expect(paths.toSorted()).toEqual(marks.toSorted());
  expect(model.revision).toBe(1 + 2 * WRITERS * ROUNDS);
  expect(store.recovery).toEqual({ finished: 0, resumable: 0, discarded: 0 });
  expect(await store.survey()).toEqual({ models: 1, stale: 0, problems: [] });
}, 600_000);
