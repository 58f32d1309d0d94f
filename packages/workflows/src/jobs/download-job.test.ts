import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock, type ModelRecord } from '@modelkeep/core';
import type { JobRecord, JobState } from '@modelkeep/jobs';
import { buildFluxLora, buildFluxModel, startHub, type LocalHub } from '@modelkeep/testing';
import { expect, it, onTestFinished } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { FetchedByJob } from './results.ts';
import { readCheckpoint } from './pinned-source.ts';

const big = buildFluxModel({ scale: 2 });
const newer = buildFluxModel({ scale: 2, fillSeed: 2 });
const member = 'hf_member_of_the_gate';
const reference = 'hf:acme/flux';
const SLOW = { bytesPerSecond: 500_000 };

interface Scene {
  readonly hub: LocalHub;
  readonly root: string;
  readonly workspace: Workspace;
  readonly until: (id: string, holds: (job: JobRecord) => boolean) => Promise<JobRecord>;
}

async function openScene(): Promise<Scene> {
  const folder = await tempFolder();
  const lfs = (path: string, content: Uint8Array) => ({ path, content, storage: 'lfs' }) as const;
  const hub = await startHub({
    repos: [
      { id: 'acme/flux', files: [lfs('flux.safetensors', big)] },
      { id: 'acme/gated', gated: 'auto', grantedTokens: [member], files: [lfs('line.safetensors', buildFluxLora())] },
    ],
  });
  const root = folder.join('library');
  const workspace = await openWorkspace({ root, hub: { endpoint: hub.hubUrl }, runJobs: true });
  onTestFinished(async () => {
    await workspace.close();
    await hub.close();
    await folder[Symbol.asyncDispose]();
  });
  return {
    hub,
    root,
    workspace,
    async until(id, holds) {
      for (;;) {
        const job = await workspace.jobs.get(id);
        if (holds(job)) return job;
        if (job.state === 'failed') throw new Error(`the job failed: ${JSON.stringify(job.error)}`);
        await systemClock.sleep(10);
      }
    },
  };
}

const isIn =
  (state: JobState) =>
  (job: JobRecord): boolean =>
    job.state === state;
const hasFetched = ({ progress }: JobRecord): boolean => (progress?.bytesDone ?? 0) > 2_000_000;
const bytesSent = (hub: LocalHub): number => hub.requests.reduce((sum, { bytesSent: sent }) => sum + sent, 0);

it('is held while it runs, and goes on with the commit that it began with', async () => {
  const { hub, workspace, until } = await openScene();
  const commit = await hub.commitOf('acme/flux');
  hub.setPace(SLOW);
  const { id } = await workspace.jobs.submit('download', { reference });
  await until(id, hasFetched);
  expect(await workspace.jobs.pause(id)).toBe(true);
  const held = await until(id, isIn('paused'));
  expect(readCheckpoint(held.checkpoint)?.source).toEqual({ provider: 'hf', revision: 'main', commit });
  const sent = bytesSent(hub);
  await systemClock.sleep(200);
  expect(bytesSent(hub)).toBe(sent);

  const change = { path: 'flux.safetensors', content: newer, storage: 'lfs' } as const;
  expect(await hub.commit('acme/flux', { files: [change] })).not.toBe(commit);
  hub.setPace({});
  expect(await workspace.jobs.resume(id)).toBe(true);
  const { result } = await until(id, isIn('completed'));
  const { models, bytesFetched, bytesResumed } = result as FetchedByJob;
  expect(bytesResumed).toBeGreaterThan(1_000_000);
  // Where a connection takes over from another one, both bring what lies between.
  expect(bytesFetched + bytesResumed).toBeGreaterThanOrEqual(big.length);
  expect(bytesFetched).toBeLessThan(big.length);
  const model = await workspace.get(models[0] ?? '');
  expect(model.sources).toMatchObject([{ revision: 'main', commit }]);
  expect(model.files[0]?.sha256).toBe(createHash('sha256').update(big).digest('hex'));
});

it('takes the newest commit where that of the attempt before is gone', async () => {
  const { hub, workspace, until } = await openScene();
  const first = await hub.commitOf('acme/flux');
  hub.setPace(SLOW);
  const { id } = await workspace.jobs.submit('download', { reference });
  await until(id, hasFetched);
  await workspace.jobs.pause(id);
  await until(id, isIn('paused'));
  const change = { path: 'flux.safetensors', content: newer, storage: 'lfs' } as const;
  const commit = await hub.commit('acme/flux', { files: [change] });
  await hub.forgetCommit('acme/flux', first);
  hub.setPace({});
  await workspace.jobs.resume(id);
  const { result, checkpoint } = await until(id, isIn('completed'));
  expect(readCheckpoint(checkpoint)?.source).toMatchObject({ commit });
  const model = await workspace.get((result as FetchedByJob).models[0] ?? '');
  expect(model.files[0]?.sha256).toBe(createHash('sha256').update(newer).digest('hex'));
});

it('that is cancelled leaves no connection and no bytes, and says so', async () => {
  const { hub, root, workspace, until } = await openScene();
  hub.setPace(SLOW);
  const { id } = await workspace.jobs.submit('download', { reference });
  await until(id, hasFetched);
  await workspace.jobs.cancel(id);
  await until(id, isIn('cancelled'));
  const sent = bytesSent(hub);
  await systemClock.sleep(200);
  expect(bytesSent(hub)).toBe(sent);
  for (const place of ['txn', 'tmp']) expect(await readdir(join(root, '.modelkeep', place))).toEqual([]);
  expect((await workspace.jobs.logs(id)).map(({ message }) => message)).toEqual([
    'cancelled: what was fetched of unfinished files is removed; nothing is left',
  ]);
  expect(await workspace.list()).toEqual([]);
});

it('waits for a person, and goes on once a token was given', async () => {
  const { hub, workspace, until } = await openScene();
  const { id } = await workspace.jobs.submit('download', { reference: 'hf:acme/gated' });
  const waiting = await until(id, isIn('waiting-for-user'));
  expect(waiting).toMatchObject({
    attempts: 0,
    error: null,
    waiting: { reason: 'token', url: `${hub.hubUrl}/acme/gated` },
  });
  await workspace.jobs.resume(id);
  await until(id, ({ startedAt }) => startedAt !== waiting.startedAt);
  await until(id, isIn('waiting-for-user'));
  await workspace.tokens.set('huggingface', member);
  await workspace.jobs.resume(id);
  const { result } = await until(id, isIn('completed'));
  const model = await workspace.get((result as FetchedByJob).models[0] ?? '');
  const stored = await readFile(join(workspace.folderOf(model) ?? '', model.files[0]?.name ?? ''));
  expect(stored.equals(buildFluxLora())).toBe(true);
});

it.skipIf(process.platform === 'win32')(
  'a worker that stood still while another one did its job changes nothing when it wakes',
  async () => {
    await using folder = await tempFolder();
    const files = [{ path: 'flux.safetensors', content: big, storage: 'lfs' as const }];
    await using hub = await startHub({ repos: [{ id: 'acme/flux', files }] });
    const options = { root: folder.join('library'), hub: { endpoint: hub.hubUrl } };
    // Its clock says that the lease of the other one has run out.
    const clock = { ...systemClock, now: () => Date.now() + 60_000 };
    await using workspace = await openWorkspace({ ...options, clock });
    hub.setPace(SLOW);
    const { id } = await workspace.jobs.submit('download', { reference }, { runAtMs: Date.now() });
    const program = fileURLToPath(new URL('./work.test-child.ts', import.meta.url));
    const args = ['--conditions=modelkeep-source', program, options.root, options.hub.endpoint];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'inherit', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await expect.poll(async () => hasFetched(await workspace.jobs.get(id)), { timeout: 60_000 }).toBe(true);
    child.kill('SIGSTOP');
    hub.setPace({});
    await workspace.jobs.run({ untilIdle: true });
    const done = await workspace.jobs.get(id);
    expect(done).toMatchObject({ state: 'completed', attempts: 2 });
    const [model] = await workspace.list();
    const blobs = await readdir(join(options.root, 'blobs/sha256'));

    child.kill('SIGCONT');
    // It goes on for as long as it takes until it hears that it has lost the job.
    await systemClock.sleep(1_500);
    child.stdin.write('end\n');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await workspace.jobs.get(id)).toEqual(done);
    expect(await workspace.list()).toEqual([model]);
    expect(await readdir(join(options.root, 'blobs/sha256'))).toEqual(blobs);
    expect((await workspace.verify().result).problems).toEqual([]);
    const content = await readFile(join(workspace.folderOf(model as ModelRecord), 'flux.safetensors'));
    expect(Buffer.compare(content, big)).toBe(0);
  },
  120_000,
);
