import { deepEqual, equal, notDeepEqual, partialDeepStrictEqual, rejects } from 'node:assert/strict';
import { type ContractCase, settableClock } from '@modelkeep/core';
import type { Server, ServerRegistration } from '../../servers/server.ts';
import { madeItem, syncAll } from './made-items.ts';
import type { ServersHarness } from './servers-harness.ts';

const START_MS = Date.parse('2026-05-04T10:00:00.000Z');

/** @internal Who there is, and who is heard of. */
export const registering: readonly ContractCase<ServersHarness>[] = [
  {
    title: 'a server is told as it said, and changes what it says of itself',
    async run({ open }) {
      const servers = await open({ clock: settableClock(START_MS) });
      const said: ServerRegistration = {
        id: 'gpu-1',
        name: 'Erste ✓',
        labels: { zone: 'eu', rack: '4' },
        capacity: { slots: 2, memoryBytes: 24e9, families: ['flux1'], version: '0.3.40' },
        endpoint: 'https://gpu-1.example:8443/models',
      };
      partialDeepStrictEqual(await servers.register(said), {
        ...said,
        capacity: { ...said.capacity, freeBytes: null, bytesPerSecond: null },
        silentAfterMs: 60_000,
        registeredAt: '2026-05-04T10:00:00.000Z',
        silent: false,
        load: { running: 0, queued: 0 },
        measuredBytesPerSecond: null,
        inventory: { version: 0 },
        syncedAt: null,
      });
      await servers.register({ id: 'a' });
      await servers.register({ id: 'gpu-1', labels: { zone: 'us' } });
      deepEqual(
        (await servers.list()).map(({ id, name }) => [id, name]),
        [
          ['a', 'a'],
          ['gpu-1', 'gpu-1'],
        ],
      );
      deepEqual(
        (await servers.list({ labels: { zone: 'us' } })).map(({ id }) => id),
        ['gpu-1'],
      );
      deepEqual(await servers.list({ labels: { zone: 'eu' } }), []);
      equal(await servers.remove('a'), true);
      equal(await servers.remove('a'), false);
      const calls = [
        () => servers.get('a'),
        () => servers.heartbeat('a'),
        () => servers.recordFetch('a', { bytes: 1, durationMs: 1 }),
        () => servers.sync('a', { kind: 'delta', base: { version: 0, digest: '' }, put: [], gone: [] }),
      ];
      for (const call of calls) {
        await rejects(call, { code: 'fleet.not-found', facts: { topic: 'servers', key: 'a' } });
      }
    },
  },
  {
    title: 'a look at what is available sees what others have changed since the last one',
    async run({ open }) {
      const clock = settableClock(START_MS);
      const [looking, other] = [await open({ clock }), await open({ clock })];
      await other.register({ id: 'b' });
      const look = async (): Promise<readonly Server[]> => (await looking.availability([])).servers;
      const changes: readonly (() => Promise<unknown>)[] = [
        () => other.register({ id: 'a', labels: { zone: 'eu' } }),
        () => other.register({ id: 'a', name: 'renamed', endpoint: 'https://a.example', labels: { zone: 'us' } }),
        () => other.heartbeat('a', { running: 3, queued: 2 }),
        () => other.recordFetch('a', { bytes: 50_000_000, durationMs: 1_000 }),
        () => syncAll(other, 'a', [madeItem(1)]),
        () => other.remove('a'),
        () => other.register({ id: 'a', name: 'another' }),
      ];
      let before = await look();
      for (const change of changes) {
        await change();
        const now = await look();
        notDeepEqual(now, before);
        deepEqual(now, await other.list());
        before = now;
      }
    },
  },
  {
    title: 'what a server must not say is refused',
    async run({ open }) {
      const servers = await open();
      const many = Object.fromEntries(Array.from({ length: 65 }, (_, place) => [`l${place}`, '']));
      const bad: Partial<ServerRegistration>[] = [
        { id: '' },
        { id: '../etc' },
        { id: 'x'.repeat(129) },
        { name: 'x'.repeat(257) },
        { name: 'a\0b' },
        { labels: many },
        { labels: { zone: 'x'.repeat(257) } },
        { endpoint: 'file:///etc/passwd' },
        { endpoint: 'https://user:secret@gpu.example/' },
        { endpoint: 'nonsense' },
        { silentAfterMs: 0 },
        { capacity: { slots: -1 } },
        { capacity: { memoryBytes: Number.NaN } },
        { capacity: { families: ['x'.repeat(65)] } },
      ];
      for (const one of bad) await rejects(servers.register({ id: 'a', ...one }), { code: 'core.invalid-argument' });
      await rejects(servers.heartbeat('a b'), { code: 'core.invalid-argument' });
      await rejects(servers.heartbeat('a', { running: -1 }), { code: 'core.invalid-argument' });
      deepEqual(await servers.list(), []);
    },
  },
  {
    title: 'a server that is not heard of is silent, once, and is back when it is heard of again',
    async run({ open }) {
      const clock = settableClock(START_MS);
      const servers = await open({ clock });
      const { cursor } = await servers.changesSince(null);
      await servers.register({ id: 'a', silentAfterMs: 10_000 });
      await servers.register({ id: 'b', silentAfterMs: 60_000 });
      clock.set(START_MS + 10_000);
      await servers.heartbeat('b', { running: 1, queued: 3 });
      equal((await servers.get('a')).silent, false);
      clock.set(START_MS + 10_001);
      equal((await servers.get('a')).silent, true);
      await servers.heartbeat('b', { queued: 0 });
      await servers.heartbeat('b');
      deepEqual((await servers.get('b')).load, { running: 1, queued: 0 });
      clock.set(START_MS + 20_000);
      await servers.heartbeat('a');
      equal((await servers.get('a')).silent, false);
      const { changes } = await servers.changesSince(cursor);
      deepEqual(
        changes.map(({ kind, serverId }) => `${kind} ${serverId}`),
        ['registered a', 'registered b', 'silent a', 'back a'],
      );
      deepEqual(changes[2], {
        kind: 'silent',
        serverId: 'a',
        sha256: null,
        copies: null,
        at: new Date(START_MS + 10_001).toISOString(),
      });
    },
  },
  {
    title: 'a clock that jumps makes no dead server live on',
    async run({ open }) {
      const clock = settableClock(START_MS);
      const servers = await open({ clock });
      await servers.register({ id: 'dead', silentAfterMs: 10_000 });
      await servers.register({ id: 'alive', silentAfterMs: 10_000 });
      const isSilent = async (): Promise<boolean[]> => (await servers.list()).map(({ silent }) => silent);
      // A day forward: both seem silent until they are heard of.
      clock.set(START_MS + 86_400_000);
      deepEqual(await isSilent(), [true, true]);
      await servers.heartbeat('alive');
      await servers.heartbeat('dead');
      deepEqual(await isSilent(), [false, false]);
      // And back: the day that the others were heard of in is to come.
      clock.set(START_MS);
      await servers.heartbeat('alive');
      clock.set(START_MS + 9_000);
      await servers.heartbeat('alive');
      clock.set(START_MS + 11_000);
      deepEqual(await isSilent(), [false, true]);
    },
  },
  {
    title: 'how fast a server fetches is remembered, recent fetches counting more, small ones little',
    async run({ open }) {
      const servers = await open();
      await servers.register({ id: 'a' });
      await servers.recordFetch('a', { bytes: 100e6, durationMs: 1_000 });
      equal((await servers.get('a')).measuredBytesPerSecond, 100e6);
      await servers.recordFetch('a', { bytes: 200e6, durationMs: 1_000 });
      const rate = (await servers.get('a')).measuredBytesPerSecond ?? 0;
      equal(Math.round(rate), 130e6);
      await servers.recordFetch('a', { bytes: 1_000, durationMs: 1_000 });
      const after = (await servers.get('a')).measuredBytesPerSecond ?? 0;
      equal(after > 0.99 * rate, true);
      for (const bad of [
        { bytes: 0, durationMs: 1 },
        { bytes: 1, durationMs: 0 },
        { bytes: 1, durationMs: Number.NaN },
      ]) {
        await rejects(servers.recordFetch('a', bad), { code: 'core.invalid-argument' });
      }
    },
  },
  {
    title: 'a server that is removed takes no model with it that is known',
    async run({ open }) {
      const servers = await open();
      await servers.register({ id: 'a' });
      await syncAll(servers, 'a', [madeItem(1)]);
      await servers.remove('a');
      partialDeepStrictEqual(await servers.contents(), [{ ...madeItemFacts(1), copies: 0 }]);
      deepEqual(await servers.whereIs([madeItem(1).sha256]), []);
      // The one that comes back under its name has to tell everything anew.
      equal((await servers.register({ id: 'a' })).inventory.version, 0);
      equal((await syncAll(servers, 'a', [madeItem(1)])).appeared, 1);
    },
  },
];

function madeItemFacts(number: number): object {
  const { sha256, sizeBytes, name = null, type = null, family = null } = madeItem(number);
  return { sha256, sizeBytes, name, type, family };
}
