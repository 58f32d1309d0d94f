import { isModelkeepError } from '@modelkeep/core';
import { expect, onTestFinished, test } from 'vitest';
import { openState, usePostgres } from '../postgres.test-helper.ts';

const postgres = usePostgres();
const patient = { timeout: 20_000 };

test.each(['stop', 'crash'] as const)('a server that goes down (%s) and comes back loses nothing', async (how) => {
  const address = await postgres().createDatabase();
  const { state } = await openState(address);
  const { state: reader } = await openState(address, { libraryId: state.libraryId });
  const seen = new Set<string>();
  onTestFinished(reader.subscribe(({ changes }) => changes.forEach(({ key }) => seen.add(key)), { libraries: 'all' }));
  const committed = new Map<string, number>();
  const errors: unknown[] = [];
  const work = new AbortController();
  const write = async (writer: number): Promise<void> => {
    for (let number = 1; !work.signal.aborted; number += 1) {
      const key = `writer ${writer}`;
      try {
        await state.progress.update(key, { bytesDone: number });
        committed.set(key, number);
      } catch (error) {
        errors.push(error);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  };
  const writers = [1, 2, 3].map(write);
  for (let turn = 1; turn <= 2; turn += 1) {
    await expect.poll(() => committed.size, patient).toBe(3);
    await postgres().stop(how);
    await expect.poll(() => errors.length, patient).toBeGreaterThan(turn * 3);
    await postgres().start();
    committed.clear();
    await expect.poll(() => committed.size, patient).toBe(3);
  }
  work.abort();
  await Promise.all(writers);
  for (const error of errors) {
    expect(isModelkeepError(error, 'postgres.unavailable'), String(error)).toBe(true);
    expect(String(error)).not.toContain(postgres().password);
  }
  for (const [key, bytesDone] of committed) {
    expect((await reader.progress.get(key))?.bytesDone).toBeGreaterThanOrEqual(bytesDone);
  }
  await state.progress.update('after', {});
  await expect.poll(() => [...seen].toSorted(), patient).toEqual(['after', 'writer 1', 'writer 2', 'writer 3']);
});

test('a statement that takes too long is ended, and a caller who gives up is let go', async () => {
  const address = await postgres().createDatabase();
  const { state } = await openState(address, { statementTimeoutMs: 300 });
  await state.progress.update('a', {});
  const blocked = postgres().run('begin; lock table modelkeep.progress; select pg_sleep(1); commit', address);
  await expect
    .poll(
      async () =>
        (
          await postgres().run(
            "select 1 from pg_locks where mode = 'AccessExclusiveLock' and relation::regclass::text = 'modelkeep.progress'",
            address,
          )
        ).length,
    )
    .toBe(1);
  const giveUp = new AbortController();
  const given = state.progress.get('a', { signal: giveUp.signal });
  const late = state.progress.get('a');
  const reason = new Error('enough');
  giveUp.abort(reason);
  await expect(given).rejects.toBe(reason);
  await expect(late).rejects.toMatchObject({ code: 'postgres.timeout' });
  await blocked;
  await expect(state.progress.get('a', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(await state.progress.get('a')).toMatchObject({ key: 'a' });
});

test('rows that were damaged by hand do not keep the others from being read', async () => {
  const address = await postgres().createDatabase();
  const { state } = await openState(address);
  await state.progress.update('a', { error: { name: 'Error', message: 'x' } });
  await state.declared.declare([
    { key: 'a', source: 'hf:a/b' },
    { key: 'b', source: 'hf:a/b' },
  ]);
  const { id } = await state.repos.register({ provider: 'hf', repo: 'a/b', revision: 'main' });
  await postgres().run(
    `update modelkeep.progress set status = 'nonsense', error = '{"name": 3', percentage = 'NaN', bytes_total = -5;
     update modelkeep.declared set body = 'null' where key = 'a';
     update modelkeep.repos set status = '', error = '[]'`,
    address,
  );
  expect(await state.progress.get('a')).toMatchObject({ status: 'pending', error: null });
  expect((await state.declared.list()).map(({ key }) => key)).toEqual(['b']);
  expect(await state.repos.get(id)).toMatchObject({ status: 'registered', error: null });
});
