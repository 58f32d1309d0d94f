import { madeItem, madeSha256, syncAll } from '../../contract/servers/made-items.ts';
import { expect, it } from 'vitest';
import { openTestServers } from '../servers.test-helper.ts';
import { awaitServer } from './await-server.ts';
import { trackRequirements } from './track-requirements.ts';
import type { RequirementsAnswer } from './requirement.ts';

const readyIds = ({ servers }: RequirementsAnswer): string[] =>
  servers.filter(({ ready }) => ready).map(({ server }) => server.id);

it('the answer for a job is kept current, and what does not matter to it is not told', async () => {
  const { servers } = await openTestServers();
  await servers.register({ id: 'a' });
  await servers.register({ id: 'b' });
  await using tracked = await trackRequirements(servers, { jobId: 'job-1', models: [madeSha256(1)] });
  expect([tracked.jobId, readyIds(tracked.current)]).toEqual(['job-1', []]);
  const heard: string[][] = [];
  tracked.subscribe((answer) => heard.push(readyIds(answer)));
  const seen = tracked[Symbol.asyncIterator]();
  await seen.next();
  await syncAll(servers, 'b', [madeItem(7)]);
  await syncAll(servers, 'a', [madeItem(1)]);
  const next = await seen.next();
  expect(next.done === true ? [] : readyIds(next.value)).toEqual(['a']);
  await syncAll(servers, 'a', [madeItem(1, { corrupt: true })]);
  const after = await seen.next();
  expect(after.done === true ? ['ended'] : readyIds(after.value)).toEqual([]);
  expect(heard).toEqual([['a'], []]);
  await tracked.close();
  expect((await seen.next()).done).toBe(true);
  await tracked.ended;
});

it('a job waits until somebody brings what it needs', async () => {
  const { servers } = await openTestServers();
  await servers.register({ id: 'a' });
  const waiting = awaitServer(servers, { jobId: 'job-1', models: [madeSha256(1)] });
  await syncAll(servers, 'a', [madeItem(2)]);
  await syncAll(servers, 'a', [madeItem(1)]);
  expect((await waiting).server.id).toBe('a');
});

it('a job triggers its download, again after a failure', async () => {
  const { servers } = await openTestServers();
  await servers.register({ id: 'a' });
  await servers.register({ id: 'b' });
  await syncAll(servers, 'b', [madeItem(1), madeItem(2)]);
  await syncAll(servers, 'b', [madeItem(2)]);
  const asked: unknown[] = [];
  const ready = await awaitServer(servers, {
    jobId: 'job-1',
    models: [madeSha256(1), madeSha256(2)],
    firstRetryMs: 1,
    fetch: async ({ server, missing }) => {
      asked.push([server.id, missing.map(({ sha256 }) => sha256)]);
      if (asked.length === 1) throw new Error('the network is down');
      await syncAll(servers, server.id, [madeItem(1), madeItem(2)]);
    },
  });
  expect(ready.server.id).toBe('b');
  expect(asked.slice(0, 2)).toEqual([
    ['b', [madeSha256(1)]],
    ['b', [madeSha256(1)]],
  ]);
});

it('waiting ends with its time, its signal or its store', async () => {
  const { servers } = await openTestServers();
  await servers.register({ id: 'a' });
  const job = { jobId: 'job-1', models: [madeSha256(1)] };
  await expect(awaitServer(servers, { ...job, timeoutMs: 30 })).rejects.toMatchObject({
    code: 'fleet.models-unavailable',
    facts: { jobId: 'job-1', waitedMs: 30, models: [madeSha256(1)] },
  });
  const stop = new AbortController();
  const waiting = awaitServer(servers, { ...job, signal: stop.signal, fetch: () => new Promise(() => undefined) });
  const reason = new Error('enough');
  setImmediate(() => stop.abort(reason));
  await expect(waiting).rejects.toBe(reason);
  await expect(awaitServer(servers, { jobId: 'job-1', models: [''] })).rejects.toMatchObject({
    code: 'core.invalid-argument',
  });
});
