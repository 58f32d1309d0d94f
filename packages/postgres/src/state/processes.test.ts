import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { newId } from '@modelkeep/core';
import { expect, onTestFinished, test } from 'vitest';
import { openState, usePostgres } from '../postgres.test-helper.ts';

const postgres = usePostgres();
const PROCESSES = Number(process.env['MODELKEEP_WRITERS'] ?? 3);
const UPDATES = Number(process.env['MODELKEEP_WRITES'] ?? 40);

/** @returns how it ended */
async function addUp(address: string, words: readonly string[]): Promise<number | null> {
  const program = fileURLToPath(new URL('add-up.test-child.ts', import.meta.url));
  const command = ['--conditions=modelkeep-source', program, address, ...words, String(UPDATES)];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'inherit', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

const TIMEOUT_MS = 60_000 + PROCESSES * UPDATES * 100;

test('processes that start and write at once lose nothing of each other', { timeout: TIMEOUT_MS }, async () => {
  const address = await postgres().createDatabase();
  const libraryId = newId();
  const names = Array.from({ length: PROCESSES }, (_, place) => `process ${place}`);
  // The first of them make the tables, all at once.
  const ends = await Promise.all(names.map((name) => addUp(address, [libraryId, name])));
  expect(ends).toEqual(names.map(() => 0));
  const { state } = await openState(address, { libraryId });
  expect((await state.progress.get('sum'))?.bytesDone).toBe(PROCESSES * UPDATES);
  const own = await state.progress.list({ keys: names });
  expect(own.map(({ bytesDone }) => bytesDone)).toEqual(names.map(() => UPDATES));
});
