import { settableClock } from '@modelkeep/core';
import { madeItem, madeSha256, syncAll } from '../../contract/servers/made-items.ts';
import { expect, it } from 'vitest';
import { openTestServers } from '../servers.test-helper.ts';
import { checkRequirements } from './check-requirements.ts';
import { pickServer } from './pick-server.ts';

const START_MS = Date.parse('2026-05-04T10:00:00.000Z');

it('ranks by what is there, then load, then time, and says why', async () => {
  const clock = settableClock(START_MS);
  const { servers } = await openTestServers(clock);
  const models = [madeSha256(1), madeSha256(2)];
  const capacity = { slots: 2, bytesPerSecond: 1_000_000 };
  await servers.register({ id: 'gone-quiet', silentAfterMs: 1_000 });
  await syncAll(servers, 'gone-quiet', [madeItem(1), madeItem(2)]);
  clock.set(START_MS + 5_000);
  for (const id of ['ready-busy', 'ready-idle', 'lacks-one', 'lacks-all', 'too-old']) {
    await servers.register({ id, capacity: { ...capacity, version: id === 'too-old' ? 'v0.3' : '0.4.1' } });
  }
  await servers.register({ id: 'too-small', capacity: { ...capacity, memoryBytes: 1_000_001 } });
  for (const id of ['ready-busy', 'ready-idle', 'too-old', 'too-small']) {
    await syncAll(servers, id, [madeItem(1), madeItem(2)]);
  }
  await syncAll(servers, 'lacks-one', [madeItem(1)]);
  await servers.heartbeat('ready-busy', { running: 2, queued: 1 });
  const answer = await checkRequirements(servers, {
    models: models.map((model) => ({ model, versions: '>=0.4' })),
  });
  const { picked, ranked } = pickServer(answer);
  expect(ranked.map(({ server, ready }) => [server.id, ready])).toEqual([
    ['ready-idle', true],
    ['ready-busy', true],
    ['lacks-one', false],
    ['lacks-all', false],
    ['too-old', true],
    ['too-small', true],
    ['gone-quiet', false],
  ]);
  expect(picked?.server.id).toBe('ready-idle');
  expect(ranked.map(({ because }) => because)).toMatchObject([
    ['has everything', '0.00 jobs for each slot'],
    ['has everything', '1.50 jobs for each slot'],
    ['lacks 1: 1000002 bytes, about 2 s', '0.00 jobs for each slot'],
    ['lacks 2: 2000003 bytes, about 3 s', '0.00 jobs for each slot'],
    [
      'it has v0.3, and >=0.4 is needed',
      'it has v0.3, and >=0.4 is needed',
      'has everything',
      '0.00 jobs for each slot',
    ],
    ['it has 1000001 bytes of memory, and 2000003 are needed', 'has everything', '0.00 jobs for each slot'],
    ['was last heard of at 2026-05-04T10:00:00.000Z', 'has everything', '0.00 jobs for each slot'],
  ]);
  // Whatever the order that servers come in.
  expect(pickServer({ servers: answer.servers.toReversed() }).ranked).toEqual(ranked);
});

it('sends a job nowhere for a model that nobody knows', async () => {
  const { servers } = await openTestServers();
  await servers.register({ id: 'a', labels: { zone: 'eu' } });
  const answer = await checkRequirements(servers, { models: ['unknown.safetensors'] });
  expect(answer.models).toEqual([{ model: 'unknown.safetensors', contents: [], copies: 0 }]);
  expect(pickServer(answer)).toMatchObject({
    picked: null,
    ranked: [
      {
        bytesToFetch: null,
        fetchMs: null,
        because: ['lacks 1, of unknown size', 'nobody knows unknown.safetensors', {}],
      },
    ],
  });
  expect((await checkRequirements(servers, { models: [], labels: { zone: 'us' } })).servers).toEqual([]);
  expect(pickServer(await checkRequirements(servers, { models: [] })).picked).toMatchObject({ ready: true });
  for (const bad of [{ versions: 'nonsense' }, { memoryBytes: -1 }]) {
    await expect(checkRequirements(servers, { models: [{ model: 'a', ...bad }] })).rejects.toMatchObject({
      code: 'core.invalid-argument',
    });
  }
});

it('a family that a server does not run speaks against it, and what it does not say does not', async () => {
  const { servers } = await openTestServers();
  await servers.register({ id: 'a', capacity: { families: ['sdxl'] } });
  await servers.register({ id: 'b' });
  for (const id of ['a', 'b']) await syncAll(servers, id, [madeItem(1)]);
  const { servers: told } = await checkRequirements(servers, {
    models: [{ model: madeSha256(1), versions: '>=9', memoryBytes: 1e12 }],
  });
  expect(told.map(({ warnings }) => warnings)).toEqual([
    [{ kind: 'family', model: madeSha256(1), detail: 'it runs sdxl, and this is flux1' }],
    [],
  ]);
});
