import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@modelkeep/core';
import { buildFluxLora, startHub } from '@modelkeep/testing';
import { expect, it, onTestFinished } from 'vitest';
import { createMetrics } from './index.ts';
import { openLibrary } from './open-library.ts';

async function scene(): Promise<{ root: string; hub: Awaited<ReturnType<typeof startHub>> }> {
  const root = await mkdtemp(join(tmpdir(), 'modelkeep-library-jobs-'));
  const files = [{ path: 'lora.safetensors', content: buildFluxLora(), storage: 'lfs' as const }];
  const hub = await startHub({ repos: [{ id: 'acme/lora', files }] });
  onTestFinished(async () => {
    await hub.close();
    await rm(root, { recursive: true, force: true });
  });
  return { root, hub };
}

it('a job outlives the process that ran it: another one finishes it, and what waits for it', async () => {
  const { root, hub } = await scene();
  const options = { root, hub: { endpoint: hub.hubUrl, token: null }, environment: {} };
  const ids: string[] = [];
  {
    await using library = await openLibrary(options);
    const download = await library.jobs.submit('download', { reference: 'hf:acme/lora' });
    expect(await library.jobs.submit('download', { reference: 'hf:acme/lora' })).toEqual({ ...download, added: false });
    const verify = await library.jobs.submit('verify', {}, { after: [download.id] });
    ids.push(download.id, verify.id);
    await expect(library.jobs.submit('download', { reference: '' })).rejects.toMatchObject({
      code: 'core.invalid-argument',
    });
  }
  const program = fileURLToPath(new URL('jobs.test-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=modelkeep-source', program, root, hub.hubUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');

  // The lease of the dead one is thirty seconds long by the wall clock: this process lives later.
  const clock = { ...systemClock, now: () => Date.now() + 60_000 };

  await using library = await openLibrary({ ...options, clock });
  await library.jobs.run({ untilIdle: true });
  for (const id of ids) expect(await library.jobs.get(id)).toMatchObject({ state: 'completed' });
  expect(await library.list()).toHaveLength(1);
}, 60_000);

it('says of attempts at jobs how many ended and how, and nothing of what they were about', async () => {
  const { root, hub } = await scene();
  const metrics = createMetrics();
  const hubOptions = { endpoint: hub.hubUrl, token: null };
  await using library = await openLibrary({ root, hub: hubOptions, environment: {}, metrics });
  await library.jobs.submit('download', { reference: 'hf:acme/lora' });
  await library.jobs.run({ untilIdle: true });
  const text = metrics.renderPrometheus();
  expect(text).toContain('modelkeep_job_attempts_total{outcome="complete",type="download"} 1\n');
  expect(text).toContain('modelkeep_job_attempt_seconds_count{type="download"} 1\n');
  expect(text).not.toContain('acme');
});
