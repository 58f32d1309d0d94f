import { createSeededRandom, type SeededRandom } from '@modelkeep/testing';
import { madeItem, madeSha256, syncAll } from '../../contract/servers/made-items.ts';
import { expect, it } from 'vitest';
import type { Availability } from '../content.ts';
import type { Server } from '../server.ts';
import { openTestServers } from '../servers.test-helper.ts';
import type { GovernedContent } from './copy-plan.ts';
import { planCopies } from './plan-copies.ts';

it('keeps copies, brings what jobs need, asks where it should, and says what cannot be done', async () => {
  const { servers } = await openTestServers();
  const size = madeItem(1).sizeBytes;
  await servers.register({ id: 'a', endpoint: 'http://a.example:1' });
  await servers.register({ id: 'b', capacity: { freeBytes: 10 * size } });
  await servers.register({ id: 'c', capacity: { freeBytes: 3 * size + 100 } });
  await servers.register({ id: 'd', capacity: { freeBytes: 0 } });
  await syncAll(
    servers,
    'a',
    [1, 2, 3, 4, 5].map((number) => madeItem(number)),
  );
  const governed: GovernedContent[] = [
    { sha256: madeSha256(1), policy: { mode: 'keep', copies: 3 } },
    { sha256: madeSha256(2), policy: { mode: 'on-demand' }, neededOn: ['c', 'd', 'a'] },
    { sha256: madeSha256(3), policy: { mode: 'ask' }, neededOn: ['b'] },
    { sha256: madeSha256(4), policy: { mode: 'never' }, neededOn: ['b'] },
    { sha256: madeSha256(5), policy: { mode: 'keep', copies: 9 } },
    { sha256: madeSha256(99), policy: { mode: 'keep' } },
  ];
  const look = (): Promise<Availability> =>
    servers.availability(governed.map(({ sha256 }) => ({ by: 'sha256', sha256 })));
  const plan = planCopies(governed, await look());
  const of = (number: number): unknown =>
    plan.copies.filter(({ sha256 }) => sha256 === madeSha256(number)).map(({ to, ask, because }) => [to, ask, because]);
  expect(of(1)).toEqual([
    ['b', false, '1 of 3 copies are there'],
    ['c', false, '1 of 3 copies are there'],
  ]);
  expect(of(3)).toEqual([['b', true, 'a job there needs it']]);
  expect(of(4)).toEqual([]);
  expect(plan.copies.every(({ from }) => from[0]?.serverId === 'a' && from[0].endpoint === 'http://a.example:1/')).toBe(
    true,
  );
  expect(new Map(plan.unmet.map(({ sha256, reason }) => [sha256, reason]))).toEqual(
    new Map([
      [madeSha256(2), 'no-room'],
      [madeSha256(5), 'no-room'],
      [madeSha256(99), 'unknown'],
    ]),
  );
  expect(planCopies(governed.toReversed(), await look())).toEqual(plan);
});

it('whatever the fleet: no server gets what it has or has no room for, and a plan that was carried out leaves nothing', () => {
  for (let seed = 0; seed < 300; seed += 1) {
    const random = createSeededRandom(seed);
    const before = madeAvailability(random);
    const governed = before.contents.map(({ sha256 }): GovernedContent => {
      const mode = (['never', 'on-demand', 'keep'] as const)[random.below(3)] ?? 'keep';
      const neededOn = before.servers.filter(() => random.below(4) === 0).map(({ id }) => id);
      return { sha256, policy: { mode, copies: random.below(4) }, neededOn };
    });
    const { copies, unmet } = planCopies(governed, before);
    const room = new Map(
      before.servers.map(({ id, capacity }) => [id, capacity.freeBytes ?? Number.POSITIVE_INFINITY]),
    );
    for (const { to, sha256, sizeBytes } of copies) {
      const content = before.contents.find((one) => one.sha256 === sha256);
      expect(content?.holders.map((place) => before.servers[place]?.id)).not.toContain(to);
      room.set(to, (room.get(to) ?? 0) - sizeBytes);
    }
    expect(Math.min(...room.values())).toBeGreaterThanOrEqual(0);
    const after: Availability = {
      ...before,
      servers: before.servers.map((server) => {
        const freeBytes = room.get(server.id) ?? 0;
        return {
          ...server,
          capacity: { ...server.capacity, freeBytes: Number.isFinite(freeBytes) ? freeBytes : null },
        };
      }),
      contents: before.contents.map((content) => {
        const got = copies.filter(({ sha256 }) => sha256 === content.sha256).map(({ to }) => to);
        return {
          ...content,
          holders: [...content.holders, ...got.map((id) => before.servers.findIndex((one) => one.id === id))],
        };
      }),
    };
    const again = planCopies(governed, after);
    expect(again.copies).toEqual([]);
    expect(again.unmet).toEqual(unmet);
  }
});

function madeAvailability(random: SeededRandom): Availability {
  const servers = Array.from({ length: 1 + random.below(5) }, (_, place) => madeServer(`s${place}`, random));
  const contents = Array.from({ length: 1 + random.below(4) }, (_, number) => {
    const { sha256 } = madeItem(number);
    const holders = servers.flatMap((__, place) => (random.below(3) === 0 ? [place] : []));
    const unknown = { name: null, type: null, family: null, baseModel: null, precision: null, civitaiVersionId: null };
    return { sha256, sizeBytes: 1 + random.below(5), ...unknown, holders };
  });
  return { servers, contents, meant: contents.map((_, place) => [place]) };
}

function madeServer(id: string, random: SeededRandom): Server {
  const freeBytes = random.below(3) === 0 ? null : random.below(12);
  return {
    id,
    name: id,
    labels: {},
    capacity: { slots: null, memoryBytes: null, freeBytes, bytesPerSecond: null, families: null, version: null },
    endpoint: null,
    silentAfterMs: 60_000,
    registeredAt: '',
    seenAt: '',
    silent: random.below(5) === 0,
    load: { running: random.below(3), queued: 0 },
    measuredBytesPerSecond: null,
    inventory: { version: 0, digest: '' },
    syncedAt: null,
  };
}
