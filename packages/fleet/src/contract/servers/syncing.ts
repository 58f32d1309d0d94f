import { deepEqual, equal, partialDeepStrictEqual, rejects } from 'node:assert/strict';
import { type ContractCase, settableClock } from '@modelkeep/core';
import type { InventoryItem } from '../../servers/inventory.ts';
import type { Servers } from '../../servers/servers-port.ts';
import { madeItem, madeItems, madeSha256, syncAll, syncDelta } from './made-items.ts';
import type { ServersHarness } from './servers-harness.ts';

const START_MS = Date.parse('2026-05-04T10:00:00.000Z');

/** What a server has, with its state. */
async function statesOf(servers: Servers, id: string, numbers: readonly number[]): Promise<Record<number, string>> {
  const holdings = await servers.whereIs(numbers.map(madeSha256));
  const found = numbers.flatMap((number) => {
    const holding = holdings.find(({ sha256, serverId }) => sha256 === madeSha256(number) && serverId === id);
    return holding === undefined ? [] : [[number, holding.state] as const];
  });
  return Object.fromEntries(found);
}

/** @internal What servers tell of their inventories. */
export const syncing: readonly ContractCase<ServersHarness>[] = [
  {
    title: 'a full sync tells all, a delta what has changed, and the same again changes nothing',
    async run({ open }) {
      const clock = settableClock(START_MS);
      const servers = await open({ clock });
      await servers.register({ id: 'a' });
      const first = await syncAll(servers, 'a', [madeItem(1), madeItem(2)]);
      partialDeepStrictEqual(first, { changed: true, items: 2, appeared: 2, updated: 0, vanished: 0 });
      equal(first.inventory.version, 1);
      clock.set(START_MS + 5_000);
      deepEqual(await syncAll(servers, 'a', [madeItem(2), madeItem(1)]), { ...first, changed: false, appeared: 0 });
      clock.set(START_MS + 9_000);
      const second = await syncDelta(servers, 'a', {
        base: first.inventory,
        put: [madeItem(3), madeItem(2, { path: 'elsewhere.safetensors' })],
        gone: [madeSha256(1), madeSha256(99)],
      });
      partialDeepStrictEqual(second, { changed: true, items: 2, appeared: 1, updated: 1, vanished: 1 });
      deepEqual(await statesOf(servers, 'a', [1, 2, 3]), { 1: 'gone', 2: 'present', 3: 'present' });
      const holdings = await servers.whereIs([madeSha256(1), madeSha256(2)]);
      deepEqual(
        new Map(holdings.map(({ sha256, path, lastSeenAt }) => [sha256, [path, lastSeenAt]])),
        new Map([
          [madeSha256(1), [madeItem(1).path, new Date(START_MS + 5_000).toISOString()]],
          [madeSha256(2), ['elsewhere.safetensors', new Date(START_MS + 9_000).toISOString()]],
        ]),
      );
      partialDeepStrictEqual(await servers.get('a'), {
        inventory: second.inventory,
        syncedAt: new Date(START_MS + 9_000).toISOString(),
      });
      // The digest is of what there is, and not of how it came.
      await servers.register({ id: 'b' });
      const same = await syncAll(servers, 'b', [madeItem(2, { path: 'elsewhere.safetensors' }), madeItem(3)]);
      equal(same.inventory.digest, second.inventory.digest);
    },
  },
  {
    title: 'what was made on another inventory is refused, and changes nothing',
    async run({ open }) {
      const servers = await open();
      await servers.register({ id: 'a' });
      const { inventory: none } = await servers.get('a');
      const { inventory: one } = await syncAll(servers, 'a', [madeItem(1)]);
      const { inventory: two } = await syncAll(servers, 'a', [madeItem(1), madeItem(2)]);
      const outdated = { code: 'fleet.inventory-outdated' };
      for (const base of [none, one, { ...two, version: 3 }, { ...two, digest: '2-000000000000' }]) {
        await rejects(syncDelta(servers, 'a', { base, put: [madeItem(3)] }), outdated);
        await rejects(servers.sync('a', { kind: 'full', base, items: [madeItem(9)] }), {
          ...outdated,
          facts: { serverId: 'a', base: base.version, known: 2 },
        });
      }
      deepEqual(await statesOf(servers, 'a', [1, 2, 3, 9]), { 1: 'present', 2: 'present' });
      deepEqual((await servers.get('a')).inventory, two);
      deepEqual((await servers.contents()).length, 2);
    },
  },
  {
    title: 'a sync whose answer was lost may be sent again',
    async run({ open }) {
      const servers = await open();
      await servers.register({ id: 'a' });
      const { inventory: base } = await servers.get('a');
      const full = { kind: 'full', base, items: [madeItem(1)] } as const;
      const { inventory } = await servers.sync('a', full);
      partialDeepStrictEqual(await servers.sync('a', full), { inventory, changed: false });
      const delta = { base: inventory, put: [madeItem(2)], gone: [madeSha256(1)] };
      const after = await syncDelta(servers, 'a', delta);
      partialDeepStrictEqual(await syncDelta(servers, 'a', delta), { inventory: after.inventory, changed: false });
    },
  },
  {
    title: 'of syncs at once on one base one counts, and the others are refused',
    async run({ open }) {
      const servers = await open();
      const other = await open();
      await servers.register({ id: 'a' });
      const { inventory: base } = await servers.get('a');
      const results = await Promise.allSettled(
        [1, 2, 3, 4].map((number) =>
          (number % 2 === 0 ? other : servers).sync('a', { kind: 'full', base, items: madeItems(50, number * 100) }),
        ),
      );
      const won = results.flatMap((result, place) => (result.status === 'fulfilled' ? [place] : []));
      equal(won.length, 1);
      for (const result of results) {
        if (result.status === 'rejected') equal((result.reason as { code: string }).code, 'fleet.inventory-outdated');
      }
      equal((await servers.contents({ limit: 1_000 })).length, 50);
      const first = ((won[0] ?? 0) + 1) * 100;
      deepEqual(await statesOf(servers, 'a', [first]), { [first]: 'present' });
    },
  },
  {
    title: 'servers that tell of the same models at once wait for each other',
    async run({ open }) {
      const stores = await Promise.all([open(), open()]);
      const [servers] = stores;
      if (servers === undefined) throw new Error('no store');
      const ids = ['a', 'b', 'c', 'd'];
      for (const id of ids) await servers.register({ id });
      await Promise.all(
        ids.map((id, place) => {
          const items = madeItems(200);
          return syncAll(stores[place % 2] ?? servers, id, place < 2 ? items : items.toReversed());
        }),
      );
      const contents = await servers.contents({ limit: 1_000 });
      deepEqual(new Set(contents.map(({ copies }) => copies)), new Set([4]));
      equal(contents.length, 200);
    },
  },
  {
    title: 'ten thousand models in one call, and a few changes of them',
    async run({ open }) {
      const servers = await open();
      await servers.register({ id: 'a' });
      const report = await syncAll(servers, 'a', madeItems(10_000));
      partialDeepStrictEqual(report, { items: 10_000, appeared: 10_000 });
      const page = await servers.contents({ limit: 1_000 });
      equal(page.length, 1_000);
      const next = await servers.contents({ limit: 1_000, after: page.at(-1)?.sha256 });
      equal(next[0] !== undefined && next[0].sha256 > (page.at(-1)?.sha256 ?? ''), true);
      const delta = await syncDelta(servers, 'a', {
        base: report.inventory,
        put: [madeItem(20_000)],
        gone: [madeSha256(5)],
      });
      partialDeepStrictEqual(delta, { items: 10_000, appeared: 1, vanished: 1 });
    },
  },
  {
    title: 'a hostile inventory is refused as a whole',
    async run({ open }) {
      const servers = await open();
      await servers.register({ id: 'a' });
      const bad: Partial<InventoryItem>[] = [
        { sha256: "' or 1=1 --" },
        { sha256: madeSha256(1).toUpperCase() },
        { sizeBytes: -1 },
        { sizeBytes: 1.5 },
        { path: '' },
        { path: 'x'.repeat(1_025) },
        { path: 'a\0b' },
        { name: 'x'.repeat(257) },
        { type: 'x'.repeat(65) },
        { civitaiVersionId: -4 },
        { aliases: Array.from({ length: 33 }, (_, place) => `a${place}`) },
        { sources: [{ repo: 'no-repo', path: 'a' }] },
        { sources: [{ repo: 'a/b', path: 'a', commit: 'main' }] },
      ];
      for (const one of bad) {
        const items = [madeItem(1), madeItem(2, one)];
        await rejects(syncAll(servers, 'a', items), { code: 'core.invalid-argument' });
      }
      const { inventory: base } = await servers.get('a');
      await rejects(syncDelta(servers, 'a', { base, put: [madeItem(1)], gone: ['x'] }), {
        code: 'core.invalid-argument',
      });
      deepEqual(await servers.contents(), []);
      const odd = madeItem(1, { name: `'); drop table servers_list; --`, path: '../../etc/\u202epasswd\n' });
      await syncAll(servers, 'a', [odd]);
      equal((await servers.contents())[0]?.name, odd.name);
      equal((await servers.whereIs([odd.sha256]))[0]?.path, odd.path);
    },
  },
  {
    title: 'damaged bytes do not count, and one content in two places is one item',
    async run({ open }) {
      const servers = await open();
      await servers.register({ id: 'a' });
      const { cursor } = await servers.changesSince(null);
      const whole = [madeItem(1), madeItem(1, { path: 'z/copy.safetensors', corrupt: true })];
      const report = await syncAll(servers, 'a', whole);
      equal(report.items, 1);
      equal((await syncAll(servers, 'a', whole.toReversed())).changed, false);
      equal((await servers.whereIs([madeSha256(1)]))[0]?.path, madeItem(1).path);
      await syncAll(servers, 'a', [madeItem(1, { corrupt: true })]);
      deepEqual(await statesOf(servers, 'a', [1]), { 1: 'corrupt' });
      equal((await servers.contents())[0]?.copies, 0);
      await syncAll(servers, 'a', []);
      await syncAll(servers, 'a', [madeItem(1)]);
      const { changes } = await servers.changesSince(cursor);
      deepEqual(
        changes.map(({ kind, copies }) => `${kind} ${copies}`),
        ['appeared 1', 'corrupt 0', 'vanished 0', 'appeared 1'],
      );
    },
  },
  {
    title: 'who told of a content first may correct it, and others add what is missing',
    async run({ open }) {
      const servers = await open();
      await servers.register({ id: 'a' });
      await servers.register({ id: 'b' });
      await syncAll(servers, 'a', [madeItem(1, { family: 'flux', precision: null })]);
      await syncAll(servers, 'b', [madeItem(1, { family: 'sdxl', precision: 'fp8', sizeBytes: 7, name: null })]);
      const facts = async (): Promise<unknown> => {
        const [{ name, family, precision, sizeBytes } = { name: 0, family: 0, precision: 0, sizeBytes: 0 }] =
          await servers.contents();
        return { name, family, precision, sizeBytes };
      };
      const { sizeBytes } = madeItem(1);
      deepEqual(await facts(), { name: 'Model 1', family: 'flux', precision: 'fp8', sizeBytes });
      await syncAll(servers, 'a', [madeItem(1, { family: 'flux1' })]);
      deepEqual(await facts(), { name: 'Model 1', family: 'flux1', precision: 'fp8', sizeBytes });
    },
  },
  {
    title: 'a server gives up what others have, and the last copy stays',
    async run({ open }) {
      const clock = settableClock(START_MS);
      const servers = await open({ clock });
      const other = await open({ clock });
      for (const id of ['a', 'b']) {
        await servers.register({ id, silentAfterMs: 10_000 });
        await syncAll(servers, id, [madeItem(1), madeItem(2)]);
      }
      await servers.register({ id: 'c' });
      const both = [madeSha256(1), madeSha256(2)];
      // At once: one may, the other has the last copies then.
      const may = await Promise.all([servers.giveUp('a', both), other.giveUp('b', both)]);
      equal(may.filter(Boolean).length, 1);
      const [left, gone] = may[0] ? ['b', 'a'] : ['a', 'b'];
      deepEqual(await statesOf(servers, gone, [1, 2]), { 1: 'gone', 2: 'gone' });
      deepEqual(await statesOf(servers, left, [1, 2]), { 1: 'present', 2: 'present' });
      const { inventory } = await servers.get(gone);
      equal(inventory.digest, (await servers.get('c')).inventory.digest);
      equal(inventory.version, 2);
      // All or nothing; and what is on a silent server, damaged or not known does not count.
      await syncAll(servers, 'c', [madeItem(1), madeItem(2, { corrupt: true })]);
      equal(await servers.giveUp(left, both), false);
      equal(await servers.giveUp(left, [madeSha256(9)]), false);
      equal(await servers.giveUp(left, [madeSha256(1)]), true);
      // The one that gave it up may still tell of it; that nobody relies on for a while.
      await servers.remove('c');
      await syncAll(servers, gone, [madeItem(1)]);
      await syncAll(servers, left, [madeItem(1)]);
      equal(await servers.giveUp(left, [madeSha256(1)]), false);
      clock.set(START_MS + 301_000);
      await servers.heartbeat(gone);
      equal(await servers.giveUp(left, [madeSha256(1)]), true);
      clock.set(START_MS + 700_000);
      await servers.heartbeat('a');
      await servers.heartbeat('b');
      await syncAll(servers, left, [madeItem(1), madeItem(2)]);
      equal(await servers.giveUp(left, [madeSha256(2)]), false);
      await rejects(servers.giveUp('nobody', []), { code: 'fleet.not-found' });
      await rejects(servers.giveUp('a', ['x']), { code: 'core.invalid-argument' });
    },
  },
];
