import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '@modelkeep/core';
import { buildFluxLora, buildFluxModel, startHub, type LocalHub, type RepoDefinition } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { HubOptions } from '../workspace/open-workspace-options.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Download } from './download.ts';
import { reached } from './reached.test-helper.ts';

const lora = buildFluxLora();
const big = buildFluxModel({ scale: 2 });
const member = 'hf_member_of_the_gate';
const repos: RepoDefinition[] = [
  { id: 'acme/gated', gated: 'auto', files: [{ path: 'line.safetensors', content: lora, storage: 'lfs' }] },
  {
    id: 'acme/big',
    gated: 'manual',
    grantedTokens: [member],
    files: [
      { path: 'big.safetensors', content: big, storage: 'lfs' },
      { path: 'README.md', content: Buffer.from('# Big') },
    ],
  },
  { id: 'acme/open', files: [{ path: 'line.safetensors', content: lora, storage: 'lfs' }] },
  { id: 'acme/open-big', files: [{ path: 'open.safetensors', content: buildFluxModel({ scale: 1 }), storage: 'lfs' }] },
];

interface Scene extends AsyncDisposable {
  readonly hub: LocalHub;
  readonly root: string;
  readonly workspace: Workspace;
}

async function openScene(token: HubOptions['token'], tokens?: readonly string[]): Promise<Scene> {
  const folder = await tempFolder();
  const hub = await startHub({ repos, ...(tokens === undefined ? {} : { tokens }) });
  const root = folder.join('library');
  const workspace = await openWorkspace({ root, hub: { endpoint: hub.hubUrl, token } });
  return {
    hub,
    root,
    workspace,
    async [Symbol.asyncDispose]() {
      await workspace.close();
      await hub.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const waits = ({ phase }: Progress): boolean => phase === 'waiting-for-user';

/** Resumes it, and returns when it waits again. */
async function resumeInVain(download: Download): Promise<Progress> {
  const phases: string[] = [];
  const unsubscribe = download.progress.subscribe(({ phase }) => phases.push(phase));
  download.resume();
  const progress = await reached(download, (now) => waits(now) && phases.includes('planning'));
  unsubscribe();
  return progress;
}

function gets(hub: LocalHub): number {
  return hub.requests.filter(({ method, path }) => method === 'GET' && !path.startsWith('/api/')).length;
}

describe('a download that a person has to let through', () => {
  it('waits with the reason and the address, and goes on once the conditions are accepted', async () => {
    await using scene = await openScene('hf_stranger');
    const { hub, workspace, root } = scene;
    const download = workspace.download(await workspace.planDownload('hf:acme/gated'));
    const progress = await reached(download, waits);
    expect(progress).toMatchObject({
      waiting: { reason: 'gate', url: `${hub.hubUrl}/acme/gated` },
      bytesDone: 0,
      bytesPerSecond: 0,
    });
    expect(structuredClone(progress)).toEqual(progress);
    expect(gets(hub)).toBe(0);
    expect(await readdir(join(root, '.modelkeep', 'txn'))).toEqual([]);
    hub.changeRepo('acme/gated', { grantedTokens: ['hf_stranger'] });
    const seen: Progress[] = [];
    download.progress.subscribe((each) => seen.push(each));
    download.resume();
    expect((await download.result).models).toHaveLength(1);
    expect(seen.some(waits)).toBe(false);
    expect(seen.every(({ waiting }) => waiting === null)).toBe(true);
  });

  it('asks with the token of then, as often as it is resumed', async () => {
    let token: string | undefined;
    await using scene = await openScene(() => token, [member]);
    const { hub, workspace } = scene;
    const download = workspace.download(await workspace.planDownload('hf:acme/big', { include: ['big*'] }));
    const page = `${hub.hubUrl}/acme/big`;
    expect((await reached(download, waits)).waiting).toEqual({ reason: 'token', url: page });
    expect((await resumeInVain(download)).waiting).toEqual({ reason: 'token', url: page });
    token = 'hf_misspelt_token';
    expect((await resumeInVain(download)).waiting).toEqual({ reason: 'token', url: `${hub.hubUrl}/settings/tokens` });
    expect(gets(hub)).toBe(0);
    token = member;
    download.resume();
    expect((await download.result).models).toHaveLength(1);
  });

  it('goes on at once when the conditions were accepted after the plan was made', async () => {
    await using scene = await openScene('hf_stranger');
    const { hub, workspace } = scene;
    const plan = await workspace.planDownload('hf:acme/gated');
    expect(plan.gate).toMatchObject({ granted: false, reason: 'gate' });
    hub.changeRepo('acme/gated', { grantedTokens: ['hf_stranger'] });
    expect((await workspace.download(plan).result).models).toHaveLength(1);
  });

  it('asks once more when it is resumed while an answer is on its way', async () => {
    let token = 'hf_stranger';
    await using scene = await openScene(() => token);
    const { hub, workspace } = scene;
    const plan = await workspace.planDownload('hf:acme/big', { include: ['big*'] });
    hub.setPace({ latencyMs: 200 });
    const asked = hub.requests.length;
    const download = workspace.download(plan);
    await expect.poll(() => hub.requests.length).toBe(asked + 1);
    const seen: Progress[] = [];
    download.progress.subscribe((each) => seen.push(each));
    token = member;
    download.resume();
    expect((await download.result).models).toHaveLength(1);
    expect(seen.some(waits)).toBe(false);
  });

  it('holds nothing up while it waits', async () => {
    await using scene = await openScene(undefined);
    const { workspace } = scene;
    const plan = await workspace.planDownload('hf:acme/gated');
    const waiting = Array.from({ length: 10 }, () => workspace.download(plan));
    for (const download of waiting) await reached(download, waits);
    expect((await workspace.download(await workspace.planDownload('hf:acme/open')).result).models).toHaveLength(1);
    // The same content is here now: nobody has to be asked for it.
    expect((await workspace.planDownload('hf:acme/gated')).bytesNeeded).toBe(0);
    await workspace.close();
    for (const { result } of waiting) await expect(result).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('is ended by its signal and by cancel', async () => {
    await using scene = await openScene(undefined);
    const { workspace, root } = scene;
    const plan = await workspace.planDownload('hf:acme/gated');
    const controller = new AbortController();
    const aborted = workspace.download(plan, { signal: controller.signal });
    await reached(aborted, waits);
    const reason = new Error('no longer wanted');
    controller.abort(reason);
    await expect(aborted.result).rejects.toBe(reason);
    const cancelled = workspace.download(plan);
    await reached(cancelled, waits);
    await cancelled.cancel();
    await expect(cancelled.result).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(join(root, '.modelkeep', 'txn'))).toEqual([]);
  });

  it('does not hold up a library that closes and lets others end', async () => {
    await using scene = await openScene(undefined);
    const { workspace, hub } = scene;
    const waiting = workspace.download(await workspace.planDownload('hf:acme/gated'));
    await reached(waiting, waits);
    hub.setPace({ bytesPerSecond: 20_000_000 });
    const running = workspace.download(await workspace.planDownload('hf:acme/open-big'));
    await reached(running, ({ bytesDone }) => bytesDone > 0);
    const closed = workspace.close({ drainMs: 60_000 });
    await expect(waiting.result).rejects.toMatchObject({ name: 'AbortError' });
    await closed;
    expect((await running.result).models).toHaveLength(1);
  });

  it("fails under whenUserIsNeeded: 'fail'", async () => {
    await using scene = await openScene(undefined);
    const { workspace, hub } = scene;
    const plan = await workspace.planDownload('hf:acme/gated');
    await expect(workspace.download(plan, { whenUserIsNeeded: 'fail' }).result).rejects.toMatchObject({
      code: 'workflows.waiting-for-user',
      facts: { reason: 'token', url: `${hub.hubUrl}/acme/gated` },
      hint: expect.stringContaining('pass a token') as string,
    });
  });
});

describe('what no person can help with', () => {
  it('is a failure: a repo that was taken down, a plan of another hub', async () => {
    await using scene = await openScene(undefined);
    const { workspace, hub, root } = scene;
    const plan = await workspace.planDownload('hf:acme/gated');
    const download = workspace.download(plan);
    await reached(download, waits);
    hub.changeRepo('acme/gated', { disabled: true });
    download.resume();
    await expect(download.result).rejects.toMatchObject({ code: 'hub.disabled' });
    await workspace.close();
    await using other = await openWorkspace({ root, hub: { endpoint: 'https://hub.example' } });
    await expect(other.download(plan).result).rejects.toMatchObject({
      code: 'core.invalid-argument',
      facts: { argument: 'plan.source.endpoint' },
    });
  });
});

describe('access that ends half-way', () => {
  it('is waited for with what is on disk, and the download goes on there', async () => {
    let token = member;
    await using scene = await openScene(() => token);
    const { workspace, hub, root } = scene;
    hub.setPace({ bytesPerSecond: 20_000_000 });
    const download = workspace.download(await workspace.planDownload('hf:acme/big'));
    await reached(download, ({ bytesDone }) => bytesDone > 9_000_000);
    await download.pause();
    hub.changeRepo('acme/big', { grantedTokens: [] });
    download.resume();
    const { waiting, bytesDone } = await reached(download, waits);
    expect(waiting).toEqual({ reason: 'gate', url: `${hub.hubUrl}/acme/big` });
    expect(bytesDone).toBeGreaterThan(8_000_000);
    expect(await readdir(join(root, '.modelkeep', 'txn'))).toHaveLength(1);
    await resumeInVain(download);
    token = 'hf_another_token';
    hub.changeRepo('acme/big', { grantedTokens: [token] });
    hub.setPace({});
    download.resume();
    const { models, bytesFetched, bytesResumed } = await download.result;
    const [file] = models[0]?.files ?? [];
    expect(file?.sha256).toBe(createHash('sha256').update(big).digest('hex'));
    // What arrives while a connection is being stopped may be counted as found.
    expect(bytesResumed).toBeLessThan(4_000_000);
    expect(bytesFetched + bytesResumed).toBeGreaterThanOrEqual(big.byteLength);
    expect(bytesFetched).toBeLessThan(1.3 * big.byteLength);
    expect((await workspace.verify().result).problems).toEqual([]);
  });

  it('of a token that expired is waited for, and ended keeps what is on disk', async () => {
    let token = member;
    // The hub knows only tokens that it has granted something.
    await using scene = await openScene(() => token, []);
    const { workspace, hub } = scene;
    hub.setPace({ bytesPerSecond: 20_000_000 });
    const plan = await workspace.planDownload('hf:acme/big');
    const controller = new AbortController();
    const download = workspace.download(plan, { signal: controller.signal });
    await reached(download, ({ bytesDone }) => bytesDone > 9_000_000);
    await download.pause();
    token = 'hf_expired';
    download.resume();
    expect((await reached(download, waits)).waiting).toEqual({
      reason: 'token',
      url: `${hub.hubUrl}/settings/tokens`,
    });
    controller.abort(new Error('tomorrow'));
    await expect(download.result).rejects.toThrow('tomorrow');
    token = member;
    hub.setPace({});
    const { bytesResumed } = await workspace.download(plan).result;
    expect(bytesResumed).toBeGreaterThan(7_000_000);
  });

  it("fails under whenUserIsNeeded: 'fail', also where the repo is not gated", async () => {
    let token: string | undefined;
    await using scene = await openScene(() => token, []);
    const { workspace, hub } = scene;
    const plan = await workspace.planDownload('hf:acme/open');
    token = 'hf_expired';
    await expect(workspace.download(plan, { whenUserIsNeeded: 'fail' }).result).rejects.toMatchObject({
      code: 'workflows.waiting-for-user',
      facts: { reason: 'token', url: `${hub.hubUrl}/settings/tokens` },
    });
  });

  it('of a hub that refuses and says that it may be had is a failure', async () => {
    await using scene = await openScene(undefined);
    const { workspace, hub } = scene;
    const plan = await workspace.planDownload('hf:acme/open');
    hub.faults.arm({
      when: { origin: 'hub', method: 'GET', pathPattern: 'resolve', times: 9 },
      fault: { kind: 'status', status: 403 },
    });
    await expect(workspace.download(plan).result).rejects.toMatchObject({
      code: 'network.status',
      facts: { status: 403 },
    });
    expect(gets(hub)).toBe(2);
  });
});
