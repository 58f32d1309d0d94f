import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '@modelkeep/core';
import {
  buildFluxLora,
  buildFluxModel,
  demoGatedToken,
  demoRepos,
  startHub,
  type RepoDefinition,
} from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';

const lora = buildFluxLora();
const loraRepo: RepoDefinition = {
  id: 'acme/lora',
  licence: 'mit',
  tags: ['thick', 'license:mit', 'region:us'],
  files: [
    { path: 'line.safetensors', content: lora, storage: 'lfs' },
    { path: 'README.md', content: Buffer.from('# Thick lines') },
    { path: '.gitattributes', content: Buffer.from('*.safetensors filter=lfs') },
  ],
};

describe('a plan', () => {
  it('tells files, bytes, licence and commit before anything is fetched', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos: [loraRepo] });
    await using workspace = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
    const plan = await workspace.planDownload('hf:acme/lora');
    expect(plan).toMatchObject({
      source: {
        provider: 'hf',
        endpoint: hub.hubUrl,
        repo: 'acme/lora',
        revision: 'main',
        commit: await hub.commitOf('acme/lora'),
      },
      mirrors: [],
      queriesId: null,
      bytesNeeded: lora.byteLength + 13,
      bytesPresent: 0,
      licence: 'mit',
      tags: ['thick'],
      gate: null,
    });
    expect(plan.files.map(({ path, present }) => [path, present])).toEqual([
      ['README.md', false],
      ['line.safetensors', false],
    ]);
    expect(structuredClone(plan)).toEqual(plan);
    expect(hub.requests.every(({ path }) => path.startsWith('/api/'))).toBe(true);
  });

  it('selects by path and globs', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos: demoRepos({ scale: 0.1 }) });
    await using workspace = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
    const paths = async (reference: string, include: string[] = [], exclude: string[] = []): Promise<string[]> =>
      (await workspace.planDownload(reference, { include, exclude })).files.map(({ path }) => path);
    expect(await paths('hf:acme/tiny-flux@main/vae')).toEqual(['vae/ae.safetensors']);
    expect(await paths('hf:acme/tiny-flux/vae/ae.safetensors')).toEqual(['vae/ae.safetensors']);
    expect(await paths('hf:acme/tiny-flux', ['*.safetensors'], ['text_encoders/**'])).toEqual([
      'flux1-dev.safetensors',
      'vae/ae.safetensors',
    ]);
    await expect(paths('hf:acme/tiny-flux', ['*.gguf'])).rejects.toMatchObject({
      code: 'hub.nothing-selected',
      facts: { include: ['*.gguf'] },
    });
    await expect(paths('hf:acme/tiny-flux/nowhere')).rejects.toMatchObject({ code: 'hub.nothing-selected' });
    await expect(paths('hf:acme/tiny-flux', ['*.md'])).rejects.toMatchObject({ code: 'library.nothing-to-import' });
    expect(await paths('hf:acme/lora', []).catch((error: { code: string }) => error.code)).toBe('hub.unauthorised');
  });

  it('of a pinned commit that is known makes no request, also for a library that is read only', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos: [loraRepo] });
    const reference = `hf:acme/lora@${await hub.commitOf('acme/lora')}`;
    const options = { root: folder.join('library'), hub: { endpoint: hub.hubUrl } };
    {
      await using workspace = await openWorkspace(options);
      await workspace.download(await workspace.planDownload(reference)).result;
    }
    hub.resetRequests();
    await using reader = await openWorkspace({
      ...options,
      mode: 'read',
      hub: { endpoint: hub.hubUrl, offline: true },
    });
    expect(await reader.planDownload(reference)).toMatchObject({ bytesNeeded: 0, bytesPresent: lora.byteLength + 13 });
    expect(hub.requests).toEqual([]);
    await expect(reader.planDownload('hf:acme/lora')).rejects.toMatchObject({ code: 'network.offline' });
  });

  it('does not believe a file list that was tampered with', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos: [loraRepo] });
    const reference = `hf:acme/lora@${await hub.commitOf('acme/lora')}`;
    await using workspace = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
    const plan = await workspace.planDownload(reference);
    const trees = folder.join('library', '.modelkeep', 'trees');
    const [name = ''] = await readdir(trees);
    const stored = JSON.parse(await readFile(join(trees, name), 'utf8')) as object;
    for (const text of [
      '{"half',
      JSON.stringify({ ...stored, repo: 'other/repo' }),
      JSON.stringify({ ...stored, files: [{ path: 'x', sizeBytes: -1 }] }),
    ]) {
      await writeFile(join(trees, name), text);
      expect((await workspace.planDownload(reference)).files).toEqual(plan.files);
    }
  });

  it('says of a gated repo whether the token that was given has access', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos: demoRepos({ scale: 0.1 }) });
    const open = async (token?: string): ReturnType<typeof openWorkspace> =>
      openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl, token } });
    await using anonymous = await open();
    const plan = await anonymous.planDownload('hf:acme/gated-flux');
    expect(plan.gate).toMatchObject({ granted: false, reason: 'token', acceptUrl: `${hub.hubUrl}/acme/gated-flux` });
    await expect(anonymous.download(plan, { whenUserIsNeeded: 'fail' }).result).rejects.toMatchObject({
      code: 'workflows.waiting-for-user',
      facts: { reason: 'token' },
    });
    await using stranger = await open('hf_stranger');
    expect((await stranger.planDownload('hf:acme/gated-flux')).gate).toMatchObject({ granted: false, reason: 'gate' });
    await using member = await open(demoGatedToken);
    const granted = await member.planDownload('hf:acme/gated-flux');
    expect(granted.gate).toMatchObject({ granted: true, reason: null });
    expect((await member.download(granted).result).models.length).toBeGreaterThan(0);
    expect((await anonymous.planDownload('hf:acme/gated-flux')).gate).toMatchObject({ granted: true });
  });
});

describe('a download', () => {
  it('gives models with what the hub says of them, and shows its progress', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos: [loraRepo] });
    await using workspace = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
    const download = workspace.download(await workspace.planDownload('hf:acme/lora'));
    const seen: Progress[] = [];
    for await (const progress of download.progress) seen.push(progress);
    const { models, files, ...bytes } = await download.result;
    expect(files.map(({ name, sizeBytes, verified }) => [name, sizeBytes, verified])).toEqual([
      ['README.md', 13, 'git-sha1'],
      ['line.safetensors', lora.byteLength, 'sha256'],
    ]);
    expect(bytes).toEqual({ bytesFetched: lora.byteLength + 13, bytesResumed: 0, bytesPresent: 0 });
    expect(models[0]).toMatchObject({
      type: 'lora',
      licence: 'mit',
      sourceGroup: 'hf:acme/lora',
      sources: [
        { provider: 'hf', repo: 'acme/lora', commit: await hub.commitOf('acme/lora'), path: 'line.safetensors' },
      ],
    });
    expect(models[0]?.files.map(({ role }) => role)).toEqual(['weights', 'readme']);
    expect(seen.at(-1)).toMatchObject({ phase: 'done', fraction: 1 });
    expect(seen.every(({ fraction }, index) => index === 0 || fraction >= (seen[index - 1]?.fraction ?? 0))).toBe(true);
  });

  it('of many small files asks once for each, and for nothing but the list before', async () => {
    await using folder = await tempFolder();
    const configs = Array.from({ length: 60 }, (_, index) => ({
      path: `parts/${index}/config.json`,
      content: Buffer.from(JSON.stringify({ part: index })),
    }));
    await using hub = await startHub({
      repos: [{ id: 'acme/many', files: [...configs, ...loraRepo.files.slice(0, 1)] }],
    });
    await using workspace = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
    const plan = await workspace.planDownload('hf:acme/many');
    expect(hub.requests.filter(({ path }) => path.includes('/tree/'))).toHaveLength(1);
    hub.resetRequests();
    await workspace.download(plan).result;
    expect(hub.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    const asked = hub.requests.filter(({ path }) => path.startsWith('/acme/many/resolve/'));
    expect(asked).toHaveLength(plan.files.length);
    // The rest is where the hub redirects to.
    expect(hub.requests).toHaveLength(2 * plan.files.length);
  });

  it('of content that is here under another repo fetches only what is new', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({
      repos: [loraRepo, { ...loraRepo, id: 'mirror/lora', files: loraRepo.files.slice(0, 1) }],
    });
    await using workspace = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
    const first = await workspace.download(await workspace.planDownload('hf:acme/lora')).result;
    const plan = await workspace.planDownload('hf:mirror/lora');
    expect(plan).toMatchObject({ bytesNeeded: 0, bytesPresent: lora.byteLength });
    const second = await workspace.download(plan).result;
    expect(second.models[0]?.id).toBe(first.models[0]?.id);
    expect(second.models[0]?.sources.map(({ repo }) => repo)).toEqual(['acme/lora', 'mirror/lora']);
    expect(hub.requests.filter(({ origin }) => origin === 'cdn')).toHaveLength(1);
  });

  it('is paused by its signal and resumed by the next one; cancelled it leaves nothing', async () => {
    await using folder = await tempFolder();
    const big = buildFluxModel({ scale: 2 });
    await using hub = await startHub({
      repos: [{ id: 'acme/big', files: [{ path: 'big.safetensors', content: big, storage: 'lfs' }] }],
      bytesPerSecond: 20_000_000,
    });
    await using workspace = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
    const plan = await workspace.planDownload('hf:acme/big');
    const pause = new AbortController();
    const reason = new Error('later');
    const paused = workspace.download(plan, { signal: pause.signal });
    paused.progress.subscribe(({ bytesDone }) => (bytesDone > 12_000_000 ? pause.abort(reason) : undefined));
    await expect(paused.result).rejects.toBe(reason);

    const cancelled = workspace.download(plan);
    const unsubscribe = cancelled.progress.subscribe(({ bytesDone, phase }) => {
      if (phase !== 'downloading' || bytesDone < 13_000_000) return;
      unsubscribe();
      void cancelled.cancel();
    });
    await expect(cancelled.result).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(folder.join('library', '.modelkeep', 'tmp'))).toEqual([]);

    const again = workspace.download(plan, { signal: AbortSignal.timeout(60_000) });
    const { bytesFetched, bytesResumed } = await again.result;
    expect(bytesResumed).toBe(0);
    expect(bytesFetched).toBeGreaterThanOrEqual(big.byteLength);
  });

  it('goes on where a closed library stopped', async () => {
    await using folder = await tempFolder();
    const big = buildFluxModel({ scale: 2 });
    await using hub = await startHub({
      repos: [{ id: 'acme/big', files: [{ path: 'big.safetensors', content: big, storage: 'lfs' }] }],
      bytesPerSecond: 20_000_000,
    });
    const options = { root: folder.join('library'), hub: { endpoint: hub.hubUrl } };
    {
      await using workspace = await openWorkspace(options);
      const download = workspace.download(await workspace.planDownload('hf:acme/big'));
      await new Promise<void>(
        (resolve) =>
          void download.progress.subscribe(({ bytesDone }) => (bytesDone > 12_000_000 ? resolve() : undefined)),
      );
      await workspace.close();
      await expect(download.result).rejects.toMatchObject({ name: 'AbortError' });
    }
    hub.setPace({});
    await using workspace = await openWorkspace(options);
    expect(workspace.recovery?.resumable).toBe(1);
    const result = await workspace.download(await workspace.planDownload('hf:acme/big')).result;
    expect(result.bytesResumed).toBeGreaterThanOrEqual(8_000_000);
    // Where connections share the work, a few bytes may come twice.
    expect(result.bytesFetched).toBeGreaterThanOrEqual(big.byteLength - result.bytesResumed);
    expect(result.bytesFetched).toBeLessThan(big.byteLength - 7_000_000);
    expect(result.models[0]?.files[0]?.sha256).toBe(createHash('sha256').update(big).digest('hex'));
  });

  it('with one bad file publishes none of the models and keeps the good bytes for the next try', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos: demoRepos({ scale: 0.1 }) });
    await using workspace = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
    hub.faults.arm({
      when: { origin: 'cdn', pathPattern: 'ae.safetensors', times: 9 },
      fault: { kind: 'flip-bit', offsetBytes: 500 },
    });
    const plan = await workspace.planDownload('hf:acme/tiny-flux');
    await expect(workspace.download(plan).result).rejects.toMatchObject({
      code: 'transfer.integrity',
      facts: { file: 'vae/ae.safetensors' },
    });
    expect(await workspace.list()).toEqual([]);
    hub.faults.clear();
    expect((await workspace.download(await workspace.planDownload('hf:acme/tiny-flux')).result).models).toHaveLength(4);
    expect((await workspace.verify().result).problems).toEqual([]);
  });

  it('completes a set that was begun with some of its shards', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos: demoRepos({ scale: 0.1 }) });
    await using workspace = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
    const get = async (include: string[]): Promise<object | undefined> => {
      const plan = await workspace.planDownload('hf:acme/tiny-llama-sharded', { include });
      return (await workspace.download(plan).result).models[0];
    };
    const first = await get(['*-00001-of-00003*', '*.json']);
    expect(first).toMatchObject({ complete: false });
    const second = await get(['*-00002-of-00003*', '*-00003-of-00003*', '*.json']);
    expect(second).toMatchObject({ complete: true, id: (first as { id: string }).id, type: 'llm' });
    expect(await workspace.list()).toHaveLength(1);
    expect((await workspace.verify().result).problems).toEqual([]);
  });

  it('of a commit that moved adds the new commit to the same model', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos: [loraRepo] });
    await using workspace = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
    const [before] = (await workspace.download(await workspace.planDownload('hf:acme/lora')).result).models;
    const commit = await hub.commit('acme/lora', {
      files: [{ path: 'README.md', content: Buffer.from('# Thicker lines') }],
    });
    const plan = await workspace.planDownload('hf:acme/lora');
    expect(plan).toMatchObject({ source: { commit }, bytesPresent: lora.byteLength, bytesNeeded: 15 });
    const [after] = (await workspace.download(plan).result).models;
    expect(after?.id).toBe(before?.id);
    expect(new Set(after?.sources.map((source) => source.commit))).toEqual(
      new Set([before?.sources[0]?.commit, commit]),
    );
    const readme = join(workspace.folderOf(after ?? { slug: '' }), 'README.md');
    expect(await readFile(readme, 'utf8')).toBe('# Thicker lines');
    await rm(readme);
  });
});
