import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFluxLora } from '@modelkeep/testing';
import { expect, it, onTestFinished } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';

/** Processes that give models up, and rounds of each. */
const PROCESSES = Number(process.env['MODELKEEP_ROOM_PROCESSES'] ?? 3);
const ROUNDS = Number(process.env['MODELKEEP_ROOM_ROUNDS'] ?? 8);
const program = fileURLToPath(new URL('./room-processes.test-child.ts', import.meta.url));

it(`${PROCESSES} processes that evict, pin and lease while another one brings the models back leave each whole or evicted`, async () => {
  await using folder = await tempFolder();
  const root = join(folder.path, 'library');
  const sources = join(folder.path, 'sources');
  await mkdir(sources);
  for (const name of ['a', 'b', 'c']) {
    await writeFile(join(sources, `${name}.safetensors`), buildFluxLora({ scale: 0.02, fillSeed: name.charCodeAt(0) }));
  }
  await using store = await openTestStore({ root });
  await store.import([sources]).result;
  const children = Array.from({ length: PROCESSES }, (_, number) => {
    const args = ['--conditions=modelkeep-source', program, root, String(number + 1), String(ROUNDS)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    return once(child, 'exit');
  });
  const ended = Promise.all(children);
  const state = { isOver: false };
  void ended.then(() => (state.isOver = true));
  for (let rounds = 0; !state.isOver || rounds === 0; rounds += 1) {
    // Whoever imports what is being given up at this moment gets it all the same.
    await store.import([sources]).result;
    expect((await store.verify({ depth: 'size' })).problems).toEqual([]);
  }
  expect((await ended).map(([code]) => code)).toEqual(children.map(() => 0));

  for (const { id } of (await store.index.list()).records) await store.unpin(id);
  await store.evict({ freeBytes: 1e9, unfetchable: true }).result;
  expect((await store.index.list()).records.every(({ evictedAt }) => evictedAt !== undefined)).toBe(true);
  expect(await readdir(join(root, 'blobs/sha256'))).toEqual([]);
  expect(await readdir(join(root, '.modelkeep/leases'))).toEqual([]);
  await store.import([sources]).result;
  expect(await store.verify()).toMatchObject({ models: 3, files: 3, problems: [] });
  expect(await store.survey()).toEqual({ models: 3, stale: 0, problems: [] });
}, 120_000);
