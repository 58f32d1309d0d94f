import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { buildFluxLora, demoRepos, startHub, type RepoDefinition } from '@modelkeep/testing';
import type { DownloadPlan, LookupReport } from 'modelkeep';
import { describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';
import { testFolder } from './test-folder.ts';

const lora = buildFluxLora({ scale: 0.1 });
const sha256 = createHash('sha256').update(lora).digest('hex');
const repos: RepoDefinition[] = [
  { id: 'acme/thick-line', files: [{ path: 'thick-line.safetensors', content: lora, storage: 'lfs' }] },
];

describe('lookup', () => {
  it('takes the path of a file, its name and its hash', async () => {
    await using folder = await testFolder();
    await using hub = await startHub({ repos });
    const common = ['--root', folder.join('library'), '--endpoint', hub.hubUrl];
    await writeFile(folder.join('renamed.safetensors'), lora);
    await runCli(['import', folder.join('renamed.safetensors'), '--root', folder.join('library')]);

    const byName = await runCli(['lookup', 'thick-line.safetensors', ...common, '--json']);
    expect(byName.exitCode).toBe(0);
    expect(byName.json<LookupReport>()).toMatchObject({
      status: 'unknown',
      candidates: [{ repo: 'acme/thick-line', evidence: 'name' }],
    });

    const unknown = await runCli(['lookup', folder.join('renamed.safetensors'), ...common]);
    expect([unknown.exitCode, unknown.stdout]).toEqual([0, expect.stringMatching(/unknown.*in this library/su)]);
    const path = ['lookup', folder.join('renamed.safetensors'), '--name', 'thick-line.safetensors'];
    const byPath = await runCli([...path, ...common, '--json']);
    expect(byPath.json<LookupReport>()).toMatchObject({
      status: 'match',
      matches: [{ repo: 'acme/thick-line', sha256 }],
    });

    hub.resetRequests();
    const byHash = await runCli(['lookup', sha256, ...common, '--offline']);
    expect(byHash.stdout).toMatch(
      /exactly this content:\n {2}hash .*hf:acme\/thick-line@[0-9a-f]{40}\/thick-line\.safetensors/u,
    );
    expect(hub.requests).toEqual([]);
  });

  it('of nothing and of a file that is not there fails with what is wrong', async () => {
    await using folder = await testFolder();
    const root = ['--root', folder.join('library'), '--json'];
    await writeFile(folder.join('a.safetensors'), lora);
    await runCli(['import', folder.join('a.safetensors'), ...root]);
    const empty = await runCli(['lookup', '', ...root]);
    expect([empty.exitCode, empty.json()]).toMatchObject([2, { error: { code: 'core.invalid-argument' } }]);
    const missing = await runCli(['lookup', './none.safetensors', ...root]);
    expect([missing.exitCode, missing.json()]).toMatchObject([1, { error: { code: 'io.not-found' } }]);
  });
});

describe('get with a selection', () => {
  it('takes the quantisation that is wished for, and tells what there is', async () => {
    await using folder = await testFolder();
    await using hub = await startHub({ repos: demoRepos({ scale: 0.1 }) });
    const get = ['get', 'hf:acme/tiny-llama-gguf', '--root', folder.join('library'), '--endpoint', hub.hubUrl];
    const plan = await runCli([...get, '--quant', 'Q6_K', '--quant', 'q5_k_m', '--dry-run', '--json']);
    expect(plan.json<DownloadPlan>().files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['mmproj-tiny-llama-f16.gguf', 'tiny-llama-Q5_K_M.gguf']),
    );
    expect(plan.json<DownloadPlan>().files.map(({ path }) => path)).not.toContain('tiny-llama-Q8_0.gguf');
    const text = await runCli([...get, '--quant', 'Q5_K_M', '--dry-run']);
    expect(text.stdout).toMatch(/2 other-quantisation.*the repo offers Q4_K_M \([^)]+\), Q5_K_M/su);

    const none = await runCli([...get, '--quant', 'Q2_K', '--json']);
    expect([none.exitCode, none.json()]).toMatchObject([1, { error: { code: 'hub.nothing-selected' } }]);
    const wrong = await runCli([...get, '--format', 'word']);
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('safetensors, gguf')]);
  });

  it('takes one precision of one part', async () => {
    await using folder = await testFolder();
    const file = (path: string): RepoDefinition['files'][number] => ({ path, content: lora, storage: 'lfs' });
    const names = ['unet/model.safetensors', 'unet/model.fp16.safetensors', 'vae/model.fp16.safetensors'];
    await using hub = await startHub({ repos: [{ id: 'acme/parts', files: names.map((name) => file(name)) }] });
    const root = ['--root', folder.join('library'), '--endpoint', hub.hubUrl, '--json', '--dry-run'];
    const wishes = ['--component', 'unet', '--precision', 'fp16', '--format', 'safetensors'];
    const plan = await runCli(['get', 'hf:acme/parts', ...wishes, ...root]);
    expect(plan.json<DownloadPlan>().files.map(({ path }) => path)).toEqual(['unet/model.fp16.safetensors']);
  });
});
