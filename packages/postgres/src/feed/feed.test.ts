import { newId } from '@modelkeep/core';
import type { StateChangePage, SharedState } from '@modelkeep/fleet';
import { Client } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openState, usePostgres } from '../postgres.test-helper.ts';

const postgres = usePostgres();
const patient = { timeout: 20_000 };

interface Followed {
  readonly keys: string[];
  readonly pages: StateChangePage[];
  cursor(): string;
}

function follow(state: SharedState, since?: string): Followed {
  const keys: string[] = [];
  const pages: StateChangePage[] = [];
  const leave = state.subscribe(
    (page) => {
      pages.push(page);
      keys.push(...page.changes.map(({ key }) => key));
    },
    { since, libraries: 'all' },
  );
  onTestFinished(leave);
  return { keys, pages, cursor: () => pages.at(-1)?.cursor ?? '' };
}

async function connect(address: string): Promise<Client> {
  const client = new Client({ connectionString: address });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

const INSERT = `insert into modelkeep.progress (library_id, key, status, bytes_done, bytes_total) values ('x', $1, 'pending', 0, 0)`;

describe('the feed of changes', () => {
  test('a change that was begun before others and committed after them is told', async () => {
    const address = await postgres().createDatabase();
    const { state } = await openState(address);
    const slow = await connect(address);
    await slow.query('begin');
    await slow.query(INSERT, ['slow']);
    const seen = follow(state);
    await expect.poll(() => seen.pages.length, patient).toBe(1);
    await state.progress.update('quick', {});
    // A transaction that runs for long holds nobody up.
    await expect.poll(() => seen.keys, patient).toEqual(['quick']);
    await slow.query('commit');
    await expect.poll(() => seen.keys, patient).toEqual(['quick', 'slow']);
    await slow.query('begin');
    await slow.query(INSERT, ['taken back']);
    await slow.query('rollback');
    await state.progress.delete('quick');
    await expect.poll(() => seen.keys, patient).toEqual(['quick', 'slow', 'quick']);
  });

  test('none of many writers is missed, and a cursor goes on in another process', async () => {
    const address = await postgres().createDatabase();
    const { state } = await openState(address);
    const { state: other } = await openState(address);
    const seen = follow(state);
    await expect.poll(() => seen.pages.length, patient).toBe(1);
    const start = seen.cursor();
    const wanted = Array.from({ length: 200 }, (_, number) => `key ${number}`);
    await Promise.all(wanted.map((key, place) => (place % 2 === 0 ? state : other).progress.update(key, {})));
    await expect.poll(() => new Set(seen.keys), patient).toEqual(new Set(wanted));
    const again = follow(other, start);
    await expect.poll(() => new Set(again.keys), patient).toEqual(new Set(wanted));
    expect(again.pages.every(({ resync }) => !resync)).toBe(true);
  });

  test('a connection that is cut is made again, and what happened meanwhile is told', async () => {
    const address = await postgres().createDatabase();
    const { state } = await openState(address);
    const seen = follow(state);
    await expect.poll(() => seen.pages.length, patient).toBe(1);
    const admin = await connect(address);
    for (const key of ['one', 'two']) {
      await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'modelkeep'");
      await admin.query(INSERT, [key]);
      await expect.poll(() => seen.keys, patient).toContain(key);
    }
  });

  test('a cursor that is of another database, or older than what is kept, says resync', async () => {
    const address = await postgres().createDatabase();
    const { state } = await openState(address);
    const { state: elsewhere } = await openState(await postgres().createDatabase());
    const first = async (cursor: string): Promise<StateChangePage | undefined> => {
      for await (const page of state.changes({ since: cursor, libraries: 'all' })) return page;
      return undefined;
    };
    const cursorOf = async (one: SharedState): Promise<string> => {
      for await (const { cursor } of one.changes()) return cursor;
      return '';
    };
    expect(await first(await cursorOf(elsewhere))).toMatchObject({ resync: true, changes: [] });
    const old = await cursorOf(state);
    await state.progress.update('gone', {});
    await state.progress.delete('gone');
    expect(await first(old)).toMatchObject({ resync: false, changes: [{ key: 'gone' }] });
    await postgres().run("update modelkeep.marks set at = now() - interval '8 days'", address);
    await openState(address);
    expect(await first(old)).toMatchObject({ resync: true });
    await state.progress.update('new', {});
    const recent = await cursorOf(state);
    await state.progress.update('newer', {});
    expect(await first(recent)).toMatchObject({ resync: false, changes: [{ key: 'newer' }] });
    for (const bad of ['', 'x', `${newId()}/1:2`, `${newId()}/5:4:`, `${newId()}/1:9:8,3`, `${newId()}/1:9:1,,2`]) {
      await expect(first(bad)).rejects.toMatchObject({ code: 'core.invalid-argument', facts: { argument: 'since' } });
    }
  });

  test('tables that were restored on a server with a shorter history are told once', async () => {
    const address = await postgres().createDatabase();
    const { state: before } = await openState(address);
    await before.progress.update('a', {});
    await postgres().run("update modelkeep.marks set xid = '999999999'", address);
    const { state } = await openState(address);
    const seen = follow(state);
    await expect.poll(() => seen.pages.length, patient).toBe(1);
    await state.progress.update('b', {});
    await expect.poll(() => seen.keys, patient).toEqual(['b']);
    await state.progress.update('a', {});
    await expect.poll(() => seen.keys, patient).toEqual(['b', 'a']);
  });

  test('topics and libraries are chosen, and closing ends it', async () => {
    const address = await postgres().createDatabase();
    const { state } = await openState(address);
    const { state: other } = await openState(address);
    const pages = state.changes({ topics: ['progress', 'declared'] })[Symbol.asyncIterator]();
    await pages.next();
    await other.progress.update('theirs', {});
    await state.manifest.set('ours', {
      completed: true,
      repoId: 'a/b',
      revision: null,
      sizeBytes: 1,
      at: '2026-01-02',
    });
    await other.declared.declare([{ key: 'shared', source: 'hf:a/b' }]);
    expect((await pages.next()).value).toMatchObject({
      changes: [{ topic: 'declared', key: 'shared', libraryId: null }],
    });
    await state.progress.update('ours', {});
    expect((await pages.next()).value).toMatchObject({ changes: [{ key: 'ours', libraryId: state.libraryId }] });
    const ended = expect(pages.next()).rejects.toMatchObject({ code: 'core.closed' });
    await state.close();
    await ended;
  });
});
