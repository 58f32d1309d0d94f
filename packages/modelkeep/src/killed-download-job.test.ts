import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@modelkeep/core';
import { buildFluxLora, buildFluxModel, startHub } from '@modelkeep/testing';
import { expect, it, onTestFinished } from 'vitest';
import { openLibrary } from './open-library.ts';

const MIB = 1_048_576;
/** What may be asked for again, and what sockets hold that was sent and never read. */
const AGAIN_BYTES = 16 * MIB;
const IN_SOCKETS_BYTES = 8 * MIB;

it('a worker that is killed on the way loses its download to another one, which goes on from the journal', async () => {
  const content = buildFluxModel({ scale: 5 });
  const root = await mkdtemp(join(tmpdir(), 'modelkeep-killed-job-'));
  const file = { path: 'flux.safetensors', content, storage: 'lfs' } as const;
  const hub = await startHub({ repos: [{ id: 'acme/flux', files: [file] }], bytesPerSecond: 16_000_000 });
  onTestFinished(async () => {
    await hub.close();
    await rm(root, { recursive: true, force: true });
  });
  const commit = await hub.commitOf('acme/flux');
  const options = {
    root,
    hub: { endpoint: hub.hubUrl, token: null },
    downloads: { connections: 1 },
    environment: {},
  };
  const bytesSent = (): number =>
    hub.requests.reduce((sum, { origin, bytesSent: sent }) => sum + (origin === 'cdn' ? sent : 0), 0);
  let id: string;
  {
    await using library = await openLibrary(options);
    ({ id } = await library.jobs.submit('download', { reference: 'hf:acme/flux' }));
  }
  const program = fileURLToPath(new URL('jobs.test-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=modelkeep-source', program, root, hub.hubUrl, '1'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const most = (content.length * 3) / 4;
  while (bytesSent() < most) await systemClock.sleep(5);
  child.kill('SIGKILL');
  await once(child, 'close');
  const sentToTheFirst = bytesSent();
  expect(sentToTheFirst).toBeLessThan(content.length);

  // The repo moves on meanwhile: what was begun is what is wanted.
  await hub.commit('acme/flux', { files: [{ ...file, content: buildFluxLora() }] });
  hub.resetRequests();
  hub.setPace({});
  // The lease of the dead one is thirty seconds long by the wall clock: this process lives later.
  const clock = { ...systemClock, now: () => Date.now() + 60_000 };
  await using library = await openLibrary({ ...options, clock });
  await library.jobs.run({ untilIdle: true });
  const job = await library.jobs.get(id);
  expect(job).toMatchObject({ state: 'completed', attempts: 2, checkpoint: { source: { commit } } });
  const { models, bytesFetched, bytesResumed } = job.result as Record<'bytesFetched' | 'bytesResumed', number> & {
    readonly models: readonly string[];
  };
  expect(bytesFetched + bytesResumed).toBe(content.length);
  expect(sentToTheFirst - bytesResumed).toBeLessThan(AGAIN_BYTES + IN_SOCKETS_BYTES);
  expect(bytesSent() - (content.length - bytesResumed)).toBeLessThan(MIB);
  const model = await library.get(models[0] ?? '');
  const stored = await readFile(join(library.folderOf(model), model.files[0]?.name ?? ''));
  expect(stored.equals(content)).toBe(true);
}, 120_000);
