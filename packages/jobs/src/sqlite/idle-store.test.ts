import { stat } from 'node:fs/promises';
import { systemClock } from '@modelkeep/core';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { testJobs } from '../jobs.test-helper.ts';
import type { JobStore } from '../ports/job-store.ts';
import { createJobRunner } from '../runner/create-job-runner.ts';

/** What changes when something is written. */
async function filesAt(path: string): Promise<unknown> {
  const files = await Promise.all([path, `${path}-wal`].map((file) => stat(file, { bigint: true })));
  return files.map(({ size, mtimeNs, ino }) => ({ size, mtimeNs, ino }));
}

it('a worker that has nothing to do writes nothing', async () => {
  const { open, path } = await testJobs();
  const opened = await open();
  await opened.add([{ type: 'other', payload: 1 }]);
  await opened.add([{ type: 'scan', payload: 2, runAtMs: Date.now() + 3_600_000 }]);
  const [held] = await opened.add([{ type: 'scan', payload: 3 }]);
  await opened.pause([held?.id ?? '']);
  await opened.schedule({ id: 'hourly', job: { type: 'scan', payload: 4 }, every: { intervalMs: 3_600_000 } });
  const calls = { claim: 0, schedules: 0 };
  const store: JobStore = {
    ...opened,
    claim: (...args) => opened.claim(...args).finally(() => (calls.claim += 1)),
    runSchedules: (...args) => opened.runSchedules(...args).finally(() => (calls.schedules += 1)),
  };
  const before = await filesAt(path);
  const handlers = { scan: { payload: z.unknown(), result: z.unknown(), run: () => Promise.resolve(null) } };
  const runner = createJobRunner({ store, handlers, pollMs: 5, beatMs: 5 });
  onTestFinished(() => runner.close());
  while (calls.claim < 10 || calls.schedules < 10) await systemClock.sleep(5);
  expect(await filesAt(path)).toEqual(before);
  await opened.resume([held?.id ?? '']);
  expect(await filesAt(path)).not.toEqual(before);
});
