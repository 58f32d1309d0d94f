import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '@modelkeep/core';
import { buildFluxLora, buildFluxModel, startHub, type LocalHub } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { OpenWorkspaceOptions } from '../workspace/open-workspace-options.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Download } from './download.ts';

const big = buildFluxModel({ scale: 2 });
const lora = buildFluxLora();

interface Scene extends AsyncDisposable {
  readonly hub: LocalHub;
  readonly root: string;
  readonly workspace: Workspace;
}

/** Two repos that hold the same large file. */
async function openScene(options: Partial<OpenWorkspaceOptions> = {}): Promise<Scene> {
  const folder = await tempFolder();
  const hub = await startHub({
    repos: [
      { id: 'acme/big', files: [{ path: 'big.safetensors', content: big, storage: 'lfs' }] },
      { id: 'mirror/big', files: [{ path: 'copy.safetensors', content: big, storage: 'lfs' }] },
      {
        id: 'acme/twice',
        files: [
          { path: 'lora.safetensors', content: lora, storage: 'lfs' },
          { path: 'config.json', content: Buffer.from('{"same":1}') },
          { path: 'generation_config.json', content: Buffer.from('{"same":1}') },
          { path: 'README.md', content: Buffer.from('# Twice') },
        ],
      },
    ],
  });
  const root = folder.join('library');
  const workspace = await openWorkspace({ root, hub: { endpoint: hub.hubUrl }, ...options });
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

function reached(download: Download, holds: (progress: Progress) => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (holds(download.progress.current)) {
      resolve();
      return;
    }
    const unsubscribe = download.progress.subscribe((progress) => {
      if (!holds(progress)) return;
      unsubscribe();
      resolve();
    });
  });
}

function bytesServed(hub: LocalHub): number {
  return hub.requests.filter(({ origin, method }) => origin === 'cdn' && method === 'GET').length;
}

describe('a download that is held', () => {
  it('keeps its transaction, and resumed goes on with what it has', async () => {
    await using scene = await openScene({ downloads: { maxBytesPerSecond: 20_000_000 } });
    const { workspace, root } = scene;
    const download = workspace.download(await workspace.planDownload('hf:acme/big'));
    await reached(download, ({ bytesDone }) => bytesDone > 9_000_000);
    await download.pause();
    await reached(download, ({ phase }) => phase === 'paused');
    const held = download.progress.current;
    expect(held).toMatchObject({ bytesPerSecond: 0, etaMs: null });
    expect(held.bytesDone).toBeGreaterThan(8_000_000);
    expect(await readdir(join(root, '.modelkeep', 'txn'))).toHaveLength(1);
    workspace.setMaxBytesPerSecond(null);
    download.resume();
    const { models, bytesResumed, bytesFetched } = await download.result;
    expect(models[0]?.files[0]?.sha256).toBe(createHash('sha256').update(big).digest('hex'));
    expect(bytesResumed).toBeLessThan(2_000_000);
    expect(bytesFetched).toBeLessThan(1.3 * big.byteLength);
    expect((await workspace.verify().result).problems).toEqual([]);
  });

  it('before it has begun begins when it is resumed', async () => {
    await using scene = await openScene();
    const { workspace, hub } = scene;
    const download = workspace.download(await workspace.planDownload('hf:acme/big'));
    await download.pause();
    download.setPriority(3);
    download.setMaxBytesPerSecond(1_000_000_000);
    await reached(download, ({ phase }) => phase === 'paused');
    expect(bytesServed(hub)).toBe(0);
    download.setPriority(4);
    download.setMaxBytesPerSecond(null);
    download.resume();
    expect((await download.result).models).toHaveLength(1);
  });

  it('is let go of when the library closes, and resumed by the next one', async () => {
    await using scene = await openScene({ downloads: { maxBytesPerSecond: 20_000_000, connections: 1 } });
    const { workspace, root, hub } = scene;
    const download = workspace.download(await workspace.planDownload('hf:acme/big'));
    await reached(download, ({ bytesDone }) => bytesDone > 9_000_000);
    await download.pause();
    await workspace.close();
    await expect(download.result).rejects.toMatchObject({ name: 'AbortError' });
    await using next = await openWorkspace({ root, hub: { endpoint: hub.hubUrl } });
    const { bytesResumed } = await next.download(await next.planDownload('hf:acme/big')).result;
    expect(bytesResumed).toBeGreaterThan(7_000_000);
  });

  it('is as fast as it may be', async () => {
    await using scene = await openScene();
    const { workspace } = scene;
    const plan = await workspace.planDownload('hf:acme/twice');
    const startMs = performance.now();
    await workspace.download(plan, { maxBytesPerSecond: 4 * plan.bytesTotal }).result;
    // A tenth of a second is saved up.
    expect(performance.now() - startMs).toBeGreaterThan(140);
    const refusal = expect.objectContaining({ code: 'core.invalid-argument' });
    expect(() => workspace.download(plan, { maxBytesPerSecond: 0 })).toThrow(refusal);
    expect(() => workspace.setMaxBytesPerSecond(-1)).toThrow(refusal);
  });
});

describe('the same content', () => {
  it('in one repo is fetched once, known by git or by SHA-256', async () => {
    await using scene = await openScene();
    const { workspace, hub, root } = scene;
    const { models } = await workspace.download(await workspace.planDownload('hf:acme/twice')).result;
    expect(hub.requests.filter(({ path, status }) => status === 200 && path.endsWith('config.json'))).toHaveLength(1);
    const folder = join(root, models[0]?.slug ?? '');
    for (const name of ['config.json', 'generation_config.json'])
      expect(await readFile(join(folder, name), 'utf8')).toBe('{"same":1}');
  });

  it('in two downloads at once is fetched once, and both are right', async () => {
    await using scene = await openScene({ downloads: { maxBytesPerSecond: 40_000_000 } });
    const { workspace } = scene;
    const plans = [await workspace.planDownload('hf:acme/big'), await workspace.planDownload('hf:mirror/big')];
    const results = await Promise.all(plans.map((plan) => workspace.download(plan).result));
    const fetched = results.map(({ bytesFetched }) => bytesFetched);
    expect(Math.min(...fetched)).toBe(0);
    expect(Math.max(...fetched)).toBeLessThan(1.3 * big.byteLength);
    expect(results[0]?.models[0]?.id).toBe(results[1]?.models[0]?.id);
    const [model] = await workspace.list();
    expect(model?.sources.map(({ repo }) => repo).toSorted()).toEqual(['acme/big', 'mirror/big']);
    expect((await workspace.verify().result).problems).toEqual([]);
  });

  it('goes on when the download that fetches it is cancelled', async () => {
    await using scene = await openScene({ downloads: { maxBytesPerSecond: 20_000_000 } });
    const { workspace, root } = scene;
    const first = workspace.download(await workspace.planDownload('hf:acme/big'));
    await reached(first, ({ bytesDone }) => bytesDone > 2_000_000);
    const second = workspace.download(await workspace.planDownload('hf:mirror/big'));
    await reached(second, ({ bytesDone }) => bytesDone > 9_000_000);
    await first.cancel();
    await expect(first.result).rejects.toMatchObject({ name: 'AbortError' });
    workspace.setMaxBytesPerSecond(null);
    const { bytesResumed, bytesFetched, models } = await second.result;
    expect(bytesResumed).toBeGreaterThan(7_000_000);
    expect(bytesFetched).toBeLessThan(big.byteLength - 6_000_000);
    expect(models[0]?.sources.map(({ repo }) => repo)).toEqual(['mirror/big']);
    expect(await readdir(join(root, '.modelkeep', 'tmp'))).toEqual([]);
    expect(await readdir(join(root, '.modelkeep', 'txn'))).toEqual([]);
  });
});
