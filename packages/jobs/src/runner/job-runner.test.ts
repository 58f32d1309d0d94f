import { createServer } from 'node:http';
import { ModelkeepError, noMetrics, noProgress, silentLogger, systemClock } from '@modelkeep/core';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { testJobs } from '../jobs.test-helper.ts';
import type { JobState } from '../ports/job.ts';
import type { JobStore } from '../ports/job-store.ts';
import { createJobRunner, type JobRunner, type JobRunnerOptions } from './create-job-runner.ts';
import type { JobContext, JobHandler } from './job-handler.ts';

type Work = (payload: { readonly name: string }, context: JobContext) => Promise<unknown>;

function handlerOf(run: Work, more: Partial<JobHandler> = {}): JobHandler {
  const payload = z.object({ name: z.string() });
  return { payload, result: z.unknown(), run: (given, context) => run(payload.parse(given), context), ...more };
}

function runnerOf(store: JobStore, work: JobHandler, more: Partial<JobRunnerOptions> = {}): JobRunner {
  const runner = createJobRunner({ store, handlers: { work }, beatMs: 10, pollMs: 20, ...more });
  onTestFinished(() => runner.close());
  return runner;
}

async function until(store: JobStore, id: string, state: JobState): Promise<void> {
  while ((await store.get(id)).state !== state) await systemClock.sleep(5);
}

async function add(store: JobStore, change: object = {}): Promise<string> {
  const [added] = await store.add([{ type: 'work', payload: { name: 'a' }, backoffMs: 0, ...change }]);
  return added?.id ?? '';
}

/** Work that goes on until it is stopped. */
const endless: Work = async (_, { signal }) => systemClock.sleep(2 ** 31 - 1, signal);

it('does what is added, with its result, progress and log', async () => {
  const { open } = await testJobs();
  const store = await open();
  runnerOf(
    store,
    handlerOf(async ({ name }, { report, log }) => {
      report({ ...noProgress, bytesDone: 7 });
      log('info', `hello ${name}`);
      return Promise.resolve({ name });
    }),
  );
  const id = await add(store);
  await until(store, id, 'completed');
  expect(await store.get(id)).toMatchObject({ result: { name: 'a' }, progress: { bytesDone: 7 }, attempts: 1 });
  expect(await store.logs(id)).toMatchObject([{ level: 'info', message: 'hello a' }]);
});

it('a store that does not answer is told once at first, and once when it does again', async () => {
  const { open } = await testJobs();
  const store = await open();
  let isAway = true;
  const orAway = async <T>(call: () => Promise<T>): Promise<T> => {
    if (isAway) throw new Error('away');
    return call();
  };
  const flaky: JobStore = {
    ...store,
    claim: async (request) => orAway(async () => store.claim(request)),
    runSchedules: async () => orAway(async () => store.runSchedules()),
  };
  const lines: unknown[] = [];
  const note = (message: string, { error, failures }: Record<string, unknown> = {}): unknown =>
    lines.push({ message, error, failures });
  const logger = { ...silentLogger, info: note, warn: note };
  runnerOf(
    flaky,
    handlerOf(async () => Promise.resolve(1)),
    { logger, pollMs: 5 },
  );
  const id = await add(store);
  await systemClock.sleep(60);
  expect(lines).toEqual([{ message: 'the store of jobs does not answer', error: 'away', failures: 1 }]);
  isAway = false;
  await until(store, id, 'completed');
  await expect.poll(() => lines.length).toBe(2);
  expect(lines[1]).toMatchObject({ message: 'the store of jobs answers again' });
});

it('tries again what failed, and gives up what can never be', async () => {
  const { open } = await testJobs();
  const store = await open();
  let calls = 0;
  runnerOf(
    store,
    handlerOf(async ({ name }) => {
      calls += 1;
      if (name === 'never') {
        throw new ModelkeepError('core.invalid-argument', { message: 'never', facts: { argument: 'name' } });
      }
      return Promise.reject(new Error('with hf_abcdefghijklmnopqrstuvwxyz012345'));
    }),
  );
  const id = await add(store, { maxAttempts: 3 });
  await until(store, id, 'failed');
  expect(calls).toBe(3);
  expect(JSON.stringify(await store.get(id))).not.toContain('hf_abcdefghijklmnopqrstuvwxyz012345');
  const never = await add(store, { payload: { name: 'never' } });
  await until(store, never, 'failed');
  expect(calls).toBe(4);
  const strange = await add(store, { payload: ['no name'] });
  await until(store, strange, 'failed');
  expect((await store.get(strange)).error).toMatchObject({ code: 'jobs.bad-payload' });
});

it('forgets what is over after its time, and nothing else', async () => {
  const { open } = await testJobs();
  const day = 86_400_000;
  const now = { ms: Date.now() };
  const clock = { ...systemClock, now: () => now.ms };
  const store = await open({ clock });
  const work = handlerOf(async () => Promise.resolve(1));
  const id = await add(store);
  const first = runnerOf(store, work, { clock });
  await until(store, id, 'completed');
  await first.close();
  const later = await add(store, { runAtMs: now.ms + 30 * day });
  now.ms += 7 * day - 60_000;
  const early = runnerOf(store, work, { clock });
  const next = await add(store);
  await until(store, next, 'completed');
  await early.close();
  expect(await store.get(id)).toMatchObject({ state: 'completed' });
  now.ms += 120_000;
  runnerOf(store, work, { clock });
  await expect.poll(async () => (await store.list()).jobs.map((job) => job.id)).toEqual([next, later]);
});

it('lets a wish reach the work', async () => {
  const { open } = await testJobs();
  const store = await open();
  const other = await open();
  const seen: unknown[] = [];
  runnerOf(
    store,
    handlerOf(async (payload, context) => {
      context.signal.addEventListener('abort', () => seen.push(context.stopped()));
      return endless(payload, context);
    }),
  );
  const [first, second] = [await add(store), await add(store)];
  await until(store, first, 'running');
  await until(store, second, 'running');
  await other.cancel([first]);
  await other.pause([second]);
  await until(store, first, 'cancelled');
  await until(store, second, 'paused');
  expect(new Set(seen)).toEqual(new Set(['cancel', 'pause']));
});

it('hands back what runs when it leaves, and another one does it', async () => {
  const { open } = await testJobs();
  const store = await open();
  const first = runnerOf(store, handlerOf(endless));
  const id = await add(store, { maxAttempts: 1 });
  await until(store, id, 'running');
  expect(first.running).toBe(1);
  await first.close();
  expect(await store.get(id)).toMatchObject({ state: 'pending', attempts: 0 });
  runnerOf(
    await open(),
    handlerOf(async () => Promise.resolve('by the other')),
  );
  await until(store, id, 'completed');
});

it('stops work that somebody else has by now, and tells nothing of it', async () => {
  const { open } = await testJobs();
  const store = await open();
  let why: unknown;
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const work: Work = async (payload, context) => {
    context.signal.addEventListener('abort', () => {
      why = context.stopped();
      resolve();
    });
    return endless(payload, context);
  };
  let isAway = true;
  // As a machine that slept: it beats when the lease is over, and another worker has the job.
  const sleepy: JobStore = {
    ...store,
    beat: async (...args) => (isAway ? args[0].map(() => 'go-on' as const) : store.beat(...args)),
  };
  runnerOf(sleepy, handlerOf(work), { workerId: 'sleepy', leaseMs: 30 });
  const id = await add(store, { maxAttempts: 9 });
  await until(store, id, 'running');
  await systemClock.sleep(31);
  const [taken] = await store.claim({ workerId: 'next', leaseMs: 60_000, types: [{ type: 'work', limit: 1 }] });
  isAway = false;
  await stopped;
  expect(why).toBe('lost');
  expect(await store.get(id)).toMatchObject({ state: 'running' });
  expect(taken === undefined || (await store.get(id)).workerId !== null).toBe(true);
});

it('waits for a person, and for a store that is away', async () => {
  const { open } = await testJobs();
  const store = await open();
  const waiting = { reason: 'gate', url: 'https://hub.example/a' } as const;
  let fails = 3;
  const away: JobStore = {
    ...store,
    settle: async (...args) => (fails-- > 0 ? Promise.reject(new Error('away')) : store.settle(...args)),
    claim: async (...args) => (fails-- > 2 ? Promise.reject(new Error('away')) : store.claim(...args)),
  };
  runnerOf(
    away,
    handlerOf(async () => Promise.reject(new Error('gated')), { judge: () => ({ kind: 'wait-for-user', waiting }) }),
  );
  const id = await add(store);
  await until(store, id, 'waiting-for-user');
  expect(await store.get(id)).toMatchObject({ waiting, attempts: 0 });
});

it('fails a job whose result cannot be stored, and keeps the others', async () => {
  const { open } = await testJobs();
  const store = await open();
  // Something that has no JSON form.
  const server = createServer();
  runnerOf(
    store,
    handlerOf(async ({ name }) => Promise.resolve(name === 'bad' ? { big: 1n, server } : name)),
  );
  const [bad, good] = [await add(store, { payload: { name: 'bad' } }), await add(store)];
  await until(store, good, 'completed');
  await until(store, bad, 'failed');
});

it('gives a later attempt what was saved, and attempts count anew while it goes forward', async () => {
  const { open } = await testJobs();
  const store = await open();
  const seen: unknown[] = [];
  runnerOf(
    store,
    handlerOf(async (_, { attempt, checkpoint, save }) => {
      const last = checkpoint() as { readonly done: number } | null;
      seen.push([attempt, last?.done ?? 0]);
      const next = { done: Math.min(4, (last?.done ?? 0) + 1) };
      save(next);
      next.done = -1;
      return Promise.reject(new Error('not yet'));
    }),
  );
  const id = await add(store, { maxAttempts: 2 });
  await until(store, id, 'failed');
  expect(seen).toEqual([
    [1, 0],
    [2, 1],
    [2, 2],
    [2, 3],
    [2, 4],
  ]);
  expect(await store.get(id)).toMatchObject({ attempts: 2, checkpoint: { done: 4 } });
  await store.retry([id]);
  await until(store, id, 'failed');
  expect(seen.slice(5, 7)).toEqual([
    [1, 0],
    [2, 1],
  ]);
});

it('tells a checkpoint again that a store which was away did not hear of', async () => {
  const { open } = await testJobs();
  const store = await open();
  let fails = 1;
  const away: JobStore = {
    ...store,
    beat: async (...args) => (fails-- > 0 ? Promise.reject(new Error('away')) : store.beat(...args)),
  };
  runnerOf(
    away,
    handlerOf(async (payload, context) => {
      context.save({ at: 1 });
      return endless(payload, context);
    }),
  );
  const id = await add(store);
  while ((await store.get(id)).checkpoint === null) await systemClock.sleep(5);
  expect(fails).toBeLessThan(1);
  expect(await store.get(id)).toMatchObject({ state: 'running', checkpoint: { at: 1 } });
});

it('refuses a checkpoint that is no JSON, or too long', async () => {
  const { open } = await testJobs();
  const store = await open();
  const codes: unknown[] = [];
  runnerOf(
    store,
    handlerOf(async (_, { save }) => {
      for (const bad of [1n, 'x'.repeat(65_536)]) {
        try {
          save(bad);
        } catch (error) {
          codes.push((error as { code: unknown }).code);
        }
      }
      return Promise.resolve(null);
    }),
  );
  const id = await add(store);
  await until(store, id, 'completed');
  expect(codes).toEqual(['core.invalid-argument', 'core.invalid-argument']);
});

it('counts an end that the store refuses as lost', async () => {
  const { open } = await testJobs();
  const store = await open();
  const outcomes: unknown[] = [];
  const metrics = { ...noMetrics, count: (_: unknown, labels: object) => void outcomes.push(labels) };
  const { promise: taken, resolve: go } = Promise.withResolvers<void>();
  // As a machine that slept through its lease: it does not hear that the job is somebody else's.
  const sleepy: JobStore = { ...store, beat: async (beats) => Promise.resolve(beats.map(() => 'go-on' as const)) };
  const work = handlerOf(() => taken, { concurrency: 1 });
  const runner = runnerOf(sleepy, work, { leaseMs: 30, metrics });
  const id = await add(store, { maxAttempts: 9 });
  await until(store, id, 'running');
  await systemClock.sleep(31);
  const [other] = await store.claim({ workerId: 'next', leaseMs: 60_000, types: [{ type: 'work', limit: 1 }] });
  expect(other?.job.id).toBe(id);
  go();
  while (runner.running > 0) await systemClock.sleep(5);
  expect(outcomes).toEqual([{ type: 'work', outcome: 'lost' }]);
  expect(await store.get(id)).toMatchObject({ state: 'running', workerId: 'next' });
});
