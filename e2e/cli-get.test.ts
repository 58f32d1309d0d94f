import { createHash } from 'node:crypto';
import { mkdir, readFile, readlink, rm } from 'node:fs/promises';
import { buildFluxLora, buildFluxModel, demoRepos, startHub, type RepoDefinition } from '@modelkeep/testing';
import type { DownloadResult, ModelRecord } from 'modelkeep';
import { describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';
import { filesBelow, testFolder } from './test-folder.ts';

type Failure = { error: { code: string; facts: Record<string, unknown>; hint: string; message: string } };

const loraBytes = buildFluxLora();
const loraSha256 = createHash('sha256').update(loraBytes).digest('hex');
const loraRepo: RepoDefinition = {
  id: 'acme/lora',
  licence: 'mit',
  files: [{ path: 'thick-line.safetensors', content: loraBytes, storage: 'lfs' }],
};

describe('get', () => {
  it('downloads, identifies, indexes and links; a second run fetches nothing', async () => {
    await using folder = await testFolder();
    await using hub = await startHub({ repos: demoRepos() });
    const root = ['--root', folder.join('library'), '--json'];
    await mkdir(folder.join('ComfyUI', 'models'), { recursive: true });

    const first = await runCli(['get', 'hf:acme/tiny-flux', '--endpoint', hub.hubUrl, ...root]);
    expect(first.stderr).toBe('');
    expect(first.exitCode).toBe(0);
    const { models } = first.json<DownloadResult>();
    // The text encoders and the VAE serve several families: the bytes do not tell which, and nothing is guessed.
    expect(models.map(({ type, family, variant }) => [type, family, variant].join(' ')).toSorted()).toEqual([
      'diffusion-model flux1 ',
      'text-encoder  clip-l',
      'text-encoder  t5-xxl',
      'vae  16-channel',
    ]);
    expect(new Set(models.map(({ sourceGroup }) => sourceGroup)).size).toBe(1);

    hub.resetRequests();
    const again = await runCli(['get', 'hf:acme/tiny-flux', '--endpoint', hub.hubUrl, ...root]);
    expect(again.json<DownloadResult>().bytesFetched).toBe(0);
    expect(
      again
        .json<DownloadResult>()
        .models.map(({ id }) => id)
        .toSorted(),
    ).toEqual(models.map(({ id }) => id).toSorted());
    expect(hub.requests.filter(({ path }) => path.includes('/resolve/') || path.includes('resolve-cache'))).toEqual([]);

    const found = await runCli(['search', 'flux', '--type', 'diffusion-model', ...root]);
    expect(found.json<{ models: ModelRecord[] }>().models.map(({ family }) => family)).toEqual(['flux1']);
    const list = await runCli(['list', ...root]);
    expect(list.json<{ models: ModelRecord[] }>().models).toHaveLength(models.length);

    const linked = await runCli(['link', 'comfyui', folder.join('ComfyUI'), ...root]);
    expect(linked.exitCode).toBe(0);
    const links = await filesBelow(folder.join('ComfyUI', 'models'));
    expect(links.map((path) => path.split('/')[0])).toEqual([
      'diffusion_models',
      'text_encoders',
      'text_encoders',
      'vae',
    ]);
    const target = await readlink(folder.join('ComfyUI', 'models', links[0] ?? ''));
    expect(target.startsWith(folder.join('library', 'diffusion', 'flux1'))).toBe(true);
    const flux = models.find(({ type }) => type === 'diffusion-model');
    expect(
      createHash('sha256')
        .update(await readFile(target))
        .digest('hex'),
    ).toBe(flux?.files[0]?.sha256);

    const relinked = await runCli(['link', 'comfyui', folder.join('ComfyUI'), ...root]);
    expect(relinked.json<{ counts: Record<string, number> }>().counts).toMatchObject({ created: 0, kept: 4 });
    const unlinked = await runCli(['unlink', 'comfyui', folder.join('ComfyUI'), ...root]);
    expect(unlinked.exitCode).toBe(0);
    expect(await filesBelow(folder.join('ComfyUI'))).toEqual([]);

    expect((await runCli(['verify', ...root])).json()).toMatchObject({ models: models.length, problems: [] });
    expect((await runCli(['doctor', ...root])).exitCode).toBe(0);
  });

  it('killed half-way and run again: fetches less than the whole, once indexed, once linked', async () => {
    await using folder = await testFolder();
    const content = buildFluxModel({ scale: 2.2 });
    await using hub = await startHub({
      repos: [{ id: 'acme/big', files: [{ path: 'flux1-dev.safetensors', content, storage: 'lfs' }] }],
      bytesPerSecond: 12_000_000,
    });
    const args = ['get', 'hf:acme/big', '--endpoint', hub.hubUrl, '--root', folder.join('library'), '--json'];
    const sent = (): number =>
      hub.requests.filter(({ origin }) => origin === 'cdn').reduce((sum, { bytesSent }) => sum + bytesSent, 0);

    const killed = await runCli(args, {
      onStart: (child) => {
        const poll = setInterval(() => {
          if (sent() < 20_000_000) return;
          clearInterval(poll);
          child.kill('SIGKILL');
        }, 20);
        child.on('exit', () => clearInterval(poll));
      },
    });
    expect(killed.signal).toBe('SIGKILL');
    expect((await filesBelow(folder.join('library'))).filter((path) => path.startsWith('blobs/'))).toEqual([]);

    hub.setPace({});
    hub.resetRequests();
    const resumed = await runCli(args);
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    const result = resumed.json<DownloadResult>();
    expect(result.bytesResumed).toBeGreaterThan(0);
    // Where a connection takes over from another one, both bring what lies between.
    expect(result.bytesFetched + result.bytesResumed).toBeGreaterThanOrEqual(content.byteLength);
    expect(result.bytesFetched).toBeLessThan(content.byteLength);
    expect(sent()).toBeLessThan(content.byteLength);
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(result.models[0]?.files[0]?.sha256).toBe(sha256);
    expect(
      createHash('sha256')
        .update(await readFile(folder.join('library', 'blobs', 'sha256', sha256)))
        .digest('hex'),
    ).toBe(sha256);

    const root = ['--root', folder.join('library'), '--json'];
    expect((await runCli(['list', ...root])).json<{ models: ModelRecord[] }>().models).toHaveLength(1);
    await mkdir(folder.join('ComfyUI', 'models'), { recursive: true });
    await runCli(['link', 'comfyui', folder.join('ComfyUI'), ...root]);
    expect(await filesBelow(folder.join('ComfyUI'))).toEqual(['models/diffusion_models/flux1-dev.safetensors']);
    expect(await filesBelow(folder.join('library', '.modelkeep', 'tmp'))).toEqual([]);
    expect(await filesBelow(folder.join('library', '.modelkeep', 'txn'))).toEqual([]);
  });

  it('a flipped byte on the CDN: exit 1, file, expected and found hash named, nothing under a final name', async () => {
    await using folder = await testFolder();
    await using hub = await startHub({ repos: [loraRepo] });
    hub.faults.arm({ when: { origin: 'cdn', times: 10 }, fault: { kind: 'flip-bit', offsetBytes: 1_000 } });
    const args = ['get', 'hf:acme/lora', '--endpoint', hub.hubUrl, '--root', folder.join('library')];
    const run = await runCli([...args, '--json']);
    expect(run.exitCode).toBe(1);
    const { error } = run.json<Failure>();
    expect(error.code).toBe('transfer.integrity');
    expect(error.facts).toMatchObject({ file: 'thick-line.safetensors', algorithm: 'sha256', expected: loraSha256 });
    expect(error.facts['found']).toMatch(/^[0-9a-f]{64}$/);
    expect(error.facts['found']).not.toBe(loraSha256);
    const plain = await runCli(args);
    expect(plain.stderr).toContain('thick-line.safetensors');
    expect(plain.stderr).toContain(loraSha256);
    const files = await filesBelow(folder.join('library'));
    expect(files.filter((path) => !path.startsWith('.modelkeep/'))).toEqual(['modelkeep.json', 'models.v2.db']);
  });

  it.each([
    ['../escape.safetensors', 'traversal'],
    ['/etc/model.safetensors', 'absolute'],
    ['a\\b.safetensors', 'backslash'],
    ['con.txt', 'device-name'],
    [`${'x'.repeat(300)}.safetensors`, 'too-long'],
  ])('a repo with the name %s is refused before any download', async (name, problem) => {
    await using folder = await testFolder();
    const repo = {
      id: 'evil/names',
      files: [...loraRepo.files, { path: name, content: new Uint8Array(64), storage: 'lfs' as const }],
    };
    await using hub = await startHub({ repos: [repo] });
    const run = await runCli([
      'get',
      'hf:evil/names',
      '--endpoint',
      hub.hubUrl,
      '--root',
      folder.join('library'),
      '--json',
    ]);
    expect(run.exitCode).toBe(1);
    expect(run.json<Failure>().error).toMatchObject({
      code: 'library.unsafe-name',
      facts: { names: [{ name, problem }] },
    });
    expect(hub.requests.filter(({ origin }) => origin === 'cdn')).toEqual([]);
    expect(
      (await filesBelow(folder.path)).filter((path) => path.includes('safetensors') || path.includes('con.txt')),
    ).toEqual([]);
  });

  it('renames a mere case collision and keeps the official name', async () => {
    await using folder = await testFolder();
    const repo: RepoDefinition = {
      id: 'acme/cases',
      files: [
        { path: 'Line.safetensors', content: loraBytes, storage: 'lfs' },
        { path: 'line.safetensors', content: buildFluxLora({ fillSeed: 2 }), storage: 'lfs' },
      ],
    };
    await using hub = await startHub({ repos: [repo] });
    const run = await runCli([
      'get',
      'hf:acme/cases',
      '--endpoint',
      hub.hubUrl,
      '--root',
      folder.join('library'),
      '--json',
    ]);
    expect(run.exitCode, run.stderr).toBe(0);
    const files = run.json<DownloadResult>().models.flatMap((model) => model.files);
    expect(files.map(({ officialName }) => officialName).toSorted()).toEqual(['Line.safetensors', 'line.safetensors']);
    expect(files.find(({ officialName }) => officialName === 'Line.safetensors')?.name).toBe('Line.safetensors');
    expect(files.find(({ officialName }) => officialName === 'line.safetensors')?.name).toMatch(
      /^line-[0-9a-f]{8}\.safetensors$/,
    );
  });

  it('works offline with everything present: list, search, link and get of a pinned commit make no request', async () => {
    await using folder = await testFolder();
    const root = ['--root', folder.join('library'), '--json'];
    let endpoint: string;
    let commit: string;
    let fetched: readonly string[];
    {
      await using hub = await startHub({ repos: demoRepos() });
      endpoint = hub.hubUrl;
      const run = await runCli(['get', 'hf:acme/tiny-llama-gguf', '--endpoint', endpoint, ...root]);
      ({ commit } = run.json<{ source: { commit: string } }>().source);
      fetched = run.json<DownloadResult>().models.map(({ id }) => id);
    }
    // The hub is gone: any request fails.
    const pinned = await runCli(['get', `hf:acme/tiny-llama-gguf@${commit}`, '--endpoint', endpoint, ...root]);
    expect(pinned.exitCode, pinned.stderr).toBe(0);
    expect(pinned.json<DownloadResult>().models.map(({ id }) => id)).toEqual(fetched);
    const offline = { environment: { HF_HUB_OFFLINE: '1', HF_ENDPOINT: endpoint } };
    expect((await runCli(['get', `hf:acme/tiny-llama-gguf@${commit}`, ...root], offline)).exitCode).toBe(0);
    expect((await runCli(['list', ...root], offline)).json<{ models: unknown[] }>().models).toHaveLength(
      fetched.length,
    );
    expect(
      (await runCli(['search', 'llama', ...root], offline)).json<{ models: unknown[] }>().models.length,
    ).toBeGreaterThan(0);
    await mkdir(folder.join('ComfyUI', 'models'), { recursive: true });
    expect((await runCli(['link', 'comfyui', folder.join('ComfyUI'), ...root], offline)).exitCode).toBe(0);

    const unpinned = await runCli(['get', 'hf:acme/tiny-llama-gguf', ...root], offline);
    expect(unpinned.exitCode).toBe(1);
    expect(unpinned.json<Failure>().error.code).toBe('network.offline');
  });

  it('two at once on the same repo: both succeed, one blob, one model', async () => {
    await using folder = await testFolder();
    await using hub = await startHub({ repos: [loraRepo], bytesPerSecond: 4_000_000 });
    const args = ['get', 'hf:acme/lora', '--endpoint', hub.hubUrl, '--root', folder.join('library'), '--json'];
    const runs = await Promise.all([runCli(args), runCli(args), runCli(args)]);
    expect(
      runs.map(({ exitCode }) => exitCode),
      runs.map(({ stderr }) => stderr).join('\n'),
    ).toEqual([0, 0, 0]);
    const ids = new Set(runs.flatMap((run) => run.json<DownloadResult>().models.map(({ id }) => id)));
    expect(ids.size).toBe(1);
    const files = await filesBelow(folder.join('library'));
    expect(files.filter((path) => path.startsWith('blobs/'))).toEqual([`blobs/sha256/${loraSha256}`]);
    expect(files.filter((path) => path.endsWith('metadata.json'))).toHaveLength(1);
  });

  it('a gated repo waits for a person, says where to go, and goes on with a token', async () => {
    await using folder = await testFolder();
    await using hub = await startHub({
      repos: [{ ...loraRepo, gated: 'manual', grantedTokens: ['hf_granted_token'] }],
    });
    const args = ['get', 'hf:acme/lora', '--endpoint', hub.hubUrl, '--root', folder.join('library'), '--json'];
    const waiting = await runCli(args);
    expect(waiting.exitCode).toBe(1);
    expect(waiting.json<Failure>().error).toMatchObject({
      code: 'workflows.waiting-for-user',
      facts: { reason: 'token', url: `${hub.hubUrl}/acme/lora` },
    });
    const granted = await runCli(args, { environment: { HF_TOKEN: 'hf_granted_token' } });
    expect(granted.exitCode, granted.stderr).toBe(0);
    expect(
      hub.requests.filter(({ origin, headers }) => origin === 'cdn' && headers['authorization'] !== undefined),
    ).toEqual([]);
    expect(granted.stdout + granted.stderr + waiting.stdout + waiting.stderr).not.toContain('hf_granted_token');
  });
});

describe('the library', () => {
  it('is rebuilt from the metadata when the index is deleted', async () => {
    await using folder = await testFolder();
    await using hub = await startHub({ repos: [loraRepo] });
    const root = ['--root', folder.join('library'), '--json'];
    await runCli(['get', 'hf:acme/lora', '--endpoint', hub.hubUrl, ...root]);
    const before = (await runCli(['list', ...root])).json<{ models: ModelRecord[] }>();
    for (const name of ['models.v2.db', 'models.v2.db-wal', 'models.v2.db-shm'])
      await rm(folder.join('library', name), { force: true });
    expect((await runCli(['list', ...root])).json()).toEqual(before);
    expect((await runCli(['rebuild', ...root])).json()).toEqual({ models: 1, problems: [] });
    expect((await runCli(['list', ...root])).json()).toEqual(before);
  });
});
