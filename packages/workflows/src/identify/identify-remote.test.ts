import { createCivitaiClient } from '@modelkeep/civitai-client';
import { identify } from '@modelkeep/formats';
import { createHubClient } from '@modelkeep/hf-client';
import { createHttpClient } from '@modelkeep/network';
import {
  buildFluxLora,
  buildLlamaGguf,
  buildPickleCheckpoint,
  demoRepos,
  fluxShapes,
  lazyLlamaGguf,
  lazySafetensors,
  startHub,
  tensorsOf,
  vaeShapes,
  type LocalHub,
  type RepoDefinition,
  type RepoFile,
} from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import { identifyRemote } from './identify-remote.ts';
import type { IdentifyRemoteOptions, RemoteIdentification } from './remote-identification.ts';

const MIB = 1_048_576;
const sha256 = 'a'.repeat(64);
const vaeSha256 = 'b'.repeat(64);
/** Genuine shapes: 23.8 GB and 4.1 GB. */
const flux: RepoFile = {
  path: 'flux1-dev.safetensors',
  content: lazySafetensors({ tensors: tensorsOf(fluxShapes(), 'BF16') }),
  sha256,
};
const llama: RepoFile = {
  path: 'llama-2-7b.Q4_K_M.gguf',
  content: lazyLlamaGguf({
    dimensions: { width: 4096, feedForward: 11_008, blocks: 32, heads: 32, keyValueHeads: 32, vocabulary: 32_000 },
    mixture: 'Q4_K_M',
  }),
  sha256,
};
const vae: RepoFile = {
  path: 'vae/ae.safetensors',
  content: lazySafetensors({ tensors: tensorsOf(vaeShapes({ latentChannels: 16, quantConvolutions: false }), 'F32') }),
  sha256: vaeSha256,
};
const fluxRepo: RepoDefinition = {
  id: 'acme/flux',
  files: [vae, flux, { path: 'README.md', content: Buffer.from('x') }],
};

interface Setup extends AsyncDisposable {
  readonly hub: LocalHub;
  identify(text: string, options?: IdentifyRemoteOptions): Promise<RemoteIdentification>;
  /** Body bytes that both servers sent. */
  bytesSent(): number;
}

async function setup(repos: readonly RepoDefinition[]): Promise<Setup> {
  const hub = await startHub({ repos });
  const http = createHttpClient({ privateOrigins: 'all', retry: { attempts: 1 } });
  const civitai = createCivitaiClient({ http, endpoint: hub.hubUrl });
  const context = { http, hub: createHubClient({ http, endpoint: hub.hubUrl }), civitai, identify };
  return {
    hub,
    identify: (text, options) => identifyRemote(context, text, options),
    bytesSent: () => hub.requests.reduce((sum, { bytesSent }) => sum + bytesSent, 0),
    async [Symbol.asyncDispose]() {
      await http.close();
      await hub.close();
    },
  };
}

describe('a file of many gigabytes', () => {
  it('in safetensors is known by its first bytes', async () => {
    await using test = await setup([fluxRepo]);
    const found = await test.identify('hf:acme/flux/flux1-dev.safetensors');
    expect(found).toMatchObject({
      format: 'safetensors',
      scan: { type: 'diffusion-model', family: 'flux1' },
      parameterCount: 11_901_408_320,
      commit: await test.hub.commitOf('acme/flux'),
      files: [{ path: 'flux1-dev.safetensors', sizeBytes: 23_802_903_432, sha256 }],
      sets: [],
    });
    expect(test.hub.requests).toHaveLength(2);
    expect(found.bytesFetched).toBeLessThan(MIB);
    expect(test.bytesSent()).toBeLessThan(2 * MIB);
    expect(structuredClone(found)).toEqual(found);
  });

  it('in GGUF is known by its header, tokenizer included', async () => {
    await using test = await setup([{ id: 'acme/llama', files: [llama] }]);
    const found = await test.identify(`${test.hub.hubUrl}/acme/llama/blob/main/${llama.path}`);
    expect(found).toMatchObject({ format: 'gguf', scan: { type: 'llm', family: 'llama' } });
    expect(found.files[0]?.sizeBytes).toBeGreaterThan(4e9);
    expect(test.bytesSent()).toBeLessThan(2 * MIB);
  });
});

describe('a repo', () => {
  it('is what its largest weights are, and tells the others', async () => {
    await using test = await setup([fluxRepo]);
    const found = await test.identify('acme/flux');
    expect(found).toMatchObject({
      scan: { family: 'flux1' },
      files: [{ path: 'flux1-dev.safetensors' }],
      sets: [
        { format: 'safetensors', paths: ['flux1-dev.safetensors'] },
        { format: 'safetensors', paths: ['vae/ae.safetensors'] },
      ],
    });
    expect(test.bytesSent()).toBeLessThan(2 * MIB);
  });

  it('is narrowed down by folder, option and selection', async () => {
    await using test = await setup([fluxRepo]);
    for (const found of [
      await test.identify('hf:acme/flux@main/vae'),
      await test.identify('hf:acme/flux', {
        path: 'vae/ae.safetensors',
        revision: await test.hub.commitOf('acme/flux'),
      }),
      await test.identify('hf:acme/flux', { component: 'vae' }),
    ]) {
      expect(found).toMatchObject({ scan: { type: 'vae' }, files: [{ path: 'vae/ae.safetensors' }] });
    }
    await expect(test.identify('hf:acme/flux', { quantisation: 'Q4_K_M' })).rejects.toMatchObject({
      code: 'hub.nothing-selected',
    });
    await expect(test.identify('hf:acme/flux/none.safetensors')).rejects.toMatchObject({
      code: 'hub.nothing-selected',
    });
    await expect(test.identify('hf:acme/flux/README.md')).rejects.toMatchObject({ code: 'library.nothing-to-import' });
  });

  it('in shards is read shard by shard, also when one of them is named', async () => {
    const sharded = demoRepos({ scale: 0.1 }).find(({ files }) =>
      files.some(({ path }) => path.includes('-00001-of-')),
    );
    if (sharded === undefined) throw new Error('no sharded demo repo');
    await using test = await setup([sharded]);
    const shards = sharded.files.map(({ path }) => path).filter((path) => path.endsWith('.safetensors'));
    for (const reference of [`hf:${sharded.id}`, `hf:${sharded.id}/${shards[1]}`]) {
      const found = await test.identify(reference);
      expect(found.files.map(({ path }) => path)).toEqual(shards);
      expect(found).toMatchObject({ scan: { type: 'llm' }, sets: [{ paths: shards }] });
    }
  });

  it('prefers weights that tell what they are to larger ones that do not', async () => {
    const pickle = { path: 'big.ckpt', content: Buffer.concat([buildPickleCheckpoint(), Buffer.alloc(20_000_000)]) };
    const small = { path: 'line.safetensors', content: buildFluxLora({ scale: 0.1 }) };
    await using test = await setup([
      { id: 'acme/both', files: [pickle, small] },
      { id: 'acme/data', type: 'dataset', files: [small] },
    ]);
    expect(await test.identify('hf:acme/both')).toMatchObject({
      scan: { type: 'lora', family: 'flux1' },
      sets: [{ paths: ['line.safetensors'] }, { paths: ['big.ckpt'] }],
    });
    expect(await test.identify('hf:datasets/acme/data')).toMatchObject({ scan: { type: 'lora' } });
  });
});

describe('what is no repo', () => {
  it('may be any URL whose server serves parts', async () => {
    const content = buildLlamaGguf({
      dimensions: { width: 256, feedForward: 512, blocks: 2, heads: 4, keyValueHeads: 2, vocabulary: 300 },
      mixture: 'Q4_K_M',
    });
    await using elsewhere = await startHub({ repos: [{ id: 'acme/llama', files: [{ path: 'x.gguf', content }] }] });
    await using test = await setup([]);
    const url = `${elsewhere.hubUrl}/acme/llama/resolve/main/x.gguf`;
    expect(await test.identify(url)).toMatchObject({
      format: 'gguf',
      files: [{ path: null, sizeBytes: content.length }],
      sets: [],
    });
    elsewhere.faults.arm({ when: { origin: 'cdn' }, fault: { kind: 'html-page' } });
    await expect(test.identify(url)).rejects.toMatchObject({ code: 'network.body' });
  });

  it('is told by the hub: a gate, an abort', async () => {
    await using test = await setup([{ ...fluxRepo, gated: 'manual' }]);
    await expect(test.identify('hf:acme/flux')).rejects.toMatchObject({ code: 'hub.gated' });
    const reason = new Error('enough');
    await expect(test.identify('hf:acme/flux', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

it('is a method of the workspace, which closing ends', async () => {
  await using folder = await tempFolder();
  await using test = await setup([fluxRepo]);
  const workspace = await openWorkspace({ root: folder.join('library'), hub: { endpoint: test.hub.hubUrl } });
  expect(await workspace.identifyRemote('hf:acme/flux')).toMatchObject({ scan: { family: 'flux1' } });
  test.hub.faults.arm({ when: { origin: 'cdn' }, fault: { kind: 'stall-before-headers' } });
  const hanging = workspace.identifyRemote('hf:acme/flux').catch((error: Error) => error.name);
  await expect.poll(() => test.hub.requests.at(-1)?.fault).toBe('stall-before-headers');
  await workspace.close();
  expect(await hanging).toBe('AbortError');
});
