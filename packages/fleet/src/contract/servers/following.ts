import { deepEqual, equal, rejects } from 'node:assert/strict';
import { type ContractCase, settableClock } from '@modelkeep/core';
import { madeItems, syncAll } from './made-items.ts';
import type { ServersHarness } from './servers-harness.ts';

/** @internal What happens to servers and models. */
export const following: readonly ContractCase<ServersHarness>[] = [
  {
    title: 'the log goes on from a cursor; a great sync is one entry; a strange cursor says resync',
    async run({ open }) {
      const servers = await open();
      const start = await servers.changesSince(null);
      deepEqual([start.changes, start.resync], [[], true]);
      await servers.register({ id: 'a' });
      await servers.register({ id: 'a' });
      await syncAll(servers, 'a', madeItems(501));
      const page = await servers.changesSince(start.cursor);
      deepEqual(
        page.changes.map(({ kind }) => kind),
        ['registered', 'inventory'],
      );
      await servers.remove('a');
      deepEqual(
        (await servers.changesSince(page.cursor)).changes.map(({ kind }) => kind),
        ['removed'],
      );
      const beyond = page.cursor.replace(/\d+$/, '999999');
      for (const strange of [beyond, page.cursor.replace(/^[0-9a-f]{32}/, '0'.repeat(32))]) {
        equal((await servers.changesSince(strange)).resync, true);
      }
      for (const bad of ['', 'x', "1' or '1"]) {
        await rejects(servers.changesSince(bad), { code: 'core.invalid-argument' });
      }
    },
  },
  {
    title: 'what another process does is seen while it is watched, until the signal aborts',
    async run({ open }) {
      const servers = await open();
      const other = await open();
      const stop = new AbortController();
      const watched = servers.watch({ signal: stop.signal })[Symbol.asyncIterator]();
      const first = await watched.next();
      equal(first.done === true || first.value.resync, true);
      await other.register({ id: 'a' });
      const next = await watched.next();
      deepEqual(next.done === true ? [] : next.value.changes.map(({ kind, serverId }) => [kind, serverId]), [
        ['registered', 'a'],
      ]);
      const last = watched.next();
      const reason = new Error('enough');
      stop.abort(reason);
      await rejects(last, reason);
    },
  },
  {
    title: 'silence is told to who watches, though nobody writes',
    async run({ open }) {
      const clock = settableClock(1_750_000_000_000);
      const servers = await open({ clock });
      await servers.register({ id: 'a', silentAfterMs: 1_000 });
      const { cursor } = await servers.changesSince(null);
      const stop = new AbortController();
      const watched = servers.watch({ since: cursor, signal: stop.signal })[Symbol.asyncIterator]();
      clock.set(1_750_000_005_000);
      const next = await watched.next();
      deepEqual(next.done === true ? [] : next.value.changes.map(({ kind }) => kind), ['silent']);
      stop.abort();
      await rejects(watched.next());
    },
  },
];
