import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@modelkeep/core';
import { createSeededRandom } from '@modelkeep/testing';
import { expect, it, onTestFinished } from 'vitest';
import { testJobs } from '../jobs.test-helper.ts';

const KILLS = Number(process.env.MODELKEEP_JOB_KILLS ?? 3);
const SEED = Number(process.env['MODELKEEP_KILL_SEED'] ?? Date.now() % 1_000_000);
const PROCESSES = KILLS < 100 ? 3 : 8;
const STEPS = 5;
const program = fileURLToPath(new URL('killed-workers.test-child.ts', import.meta.url));

it(
  `workers that are killed at any point (seed ${SEED}) leave each job done exactly once in effect`,
  async () => {
    const { open, path } = await testJobs();
    const store = await open();
    const folder = await mkdtemp(join(tmpdir(), 'modelkeep-job-effects-'));
    const alive = new Set<ChildProcess>();
    onTestFinished(async () => {
      for (const child of alive) child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    });
    const random = createSeededRandom(SEED);
    const start = async (): Promise<void> => {
      const args = ['--conditions=modelkeep-source', program, path, folder, String(random.below(1_000_000))];
      const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      alive.add(child);
      await once(child.stdout, 'data');
    };
    const ids: string[] = [];
    const addSome = async (): Promise<void> => {
      const jobs = Array.from({ length: 40 }, () => ({ type: 'count', payload: { steps: STEPS }, maxAttempts: 20 }));
      ids.push(...(await store.add(jobs)).map(({ id }) => id));
    };
    const left = async (): Promise<number> =>
      (await store.counts()).reduce((sum, { state, count }) => sum + (state === 'completed' ? 0 : count), 0);

    let { cursor } = await store.changesSince(null);
    const ends = new Map<string, number>();
    const readEnds = async (): Promise<void> => {
      for (;;) {
        const page = await store.changesSince(cursor);
        expect(page.resync).toBe(false);
        if (page.changes.length === 0) return;
        for (const { jobId, state } of page.changes) {
          if (state === 'completed') ends.set(jobId, (ends.get(jobId) ?? 0) + 1);
        }
        ({ cursor } = page);
      }
    };
    await addSome();
    await Promise.all(Array.from({ length: PROCESSES }, start));
    let taken = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      if ((await left()) < 40) await addSome();
      await systemClock.sleep(random.below(200));
      const child = [...alive][random.below(alive.size)];
      if (child === undefined) throw new Error('no worker is left');
      alive.delete(child);
      child.kill('SIGKILL');
      await once(child, 'close');
      taken += (await store.list({ states: ['running'], limit: 1_000 })).jobs.length;
      await start();
      await readEnds();
    }
    expect(taken).toBeGreaterThan(0);
    while ((await left()) > 0) await systemClock.sleep(50);
    for (const child of alive) child.stdin?.write('end');
    await Promise.all([...alive].map((child) => once(child, 'close')));

    const steps: string[] = [];
    for (const id of ids) {
      expect(await store.get(id)).toMatchObject({ state: 'completed', result: STEPS, workerId: null });
      for (let step = 1; step <= STEPS; step += 1) steps.push(`${id}.${step}`);
    }
    // What the killed ones had begun to write lies beside, with the number of its process.
    const names = (await readdir(folder)).filter((name) => name.split('.').length === 2);
    expect(names.toSorted()).toEqual(steps.toSorted());
    for (const name of names) expect(await readFile(join(folder, name), 'utf8')).toBe(name);
    await readEnds();
    expect(ends.size).toBe(ids.length);
    expect([...ends.values()].every((count) => count === 1)).toBe(true);
  },
  120_000 + KILLS * 10_000,
);
