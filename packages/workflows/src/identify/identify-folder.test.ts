import { copyFile, mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FolderDetails, FormatDetails } from '@modelkeep/formats';
import { demoRepos, startHub, type RepoDefinition, type RepoFile } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';

const repos = demoRepos({ scale: 0.1 });
const repoOf = (test: (file: RepoFile) => boolean): RepoDefinition => {
  const repo = repos.find(({ files }) => files.some(test));
  if (repo === undefined) throw new Error('no such demo repo');
  return repo;
};
const pipeline = repoOf(({ path }) => path === 'model_index.json');
const sharded = repoOf(({ path }) => path.includes('-00001-of-'));

async function scene({ id, files }: RepoDefinition = pipeline) {
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(await tempFolder());
  const hub = parts.use(await startHub({ repos: [{ id, files }] }));
  const workspace = parts.use(
    await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl, offline: false } }),
  );
  const model = folder.join('model');
  for (const { path, content } of files) {
    await mkdir(dirname(join(model, path)), { recursive: true });
    await writeFile(join(model, path), content as Uint8Array);
  }
  const owned = parts.move();
  return {
    folder,
    hub,
    workspace,
    model,
    identify: async (what = model) => {
      const found = await workspace.identify(what, { offline: !what.startsWith('hf:') }).result;
      return { ...found, details: folderDetails(found.identification.details) };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function folderDetails(details: FormatDetails | null): FolderDetails {
  if (details?.format !== 'folder') throw new Error(`the details are of ${details?.format}`);
  return details;
}

describe('a pipeline on this machine', () => {
  it('that is whole is told with its parts, their files, precisions and what they are', async () => {
    await using place = await scene();
    const found = await place.identify();
    expect(found).toMatchObject({
      path: place.model,
      sha256: null,
      loading: 'data-only',
      asked: false,
      facts: { type: 'checkpoint', family: 'flux1' },
      identification: { format: 'diffusers', safety: null },
    });
    expect(found.details).toMatchObject({ kind: 'pipeline', className: 'FluxPipeline', isComplete: true, missing: [] });
    expect(found.details.parts.map(({ name, isComplete }) => [name, isComplete])).toEqual([
      ['scheduler', true],
      ['text_encoder', true],
      ['text_encoder_2', true],
      ['tokenizer', true],
      ['transformer', true],
      ['vae', true],
    ]);
    expect(found.details.parts.find(({ name }) => name === 'transformer')).toMatchObject({
      library: 'diffusers',
      className: 'FluxTransformer2DModel',
      precision: 'bf16',
      weights: [{ type: 'diffusion-model', family: 'flux1', problem: null }],
    });
    const bytes = pipeline.files
      .filter(({ path }) => path.includes('/'))
      .reduce((sum, { content }) => sum + (content as Uint8Array).length, 0);
    expect(found.sizeBytes).toBe(bytes);
    expect(structuredClone(found)).toEqual(found);
  });

  it('lacks a shard, a config and a part', async () => {
    await using place = await scene();
    const transformer = join(place.model, 'transformer');
    const weights = 'diffusion_pytorch_model';
    await rename(
      join(transformer, `${weights}.safetensors`),
      join(transformer, `${weights}-00002-of-00002.safetensors`),
    );
    await rm(join(place.model, 'vae', 'config.json'));
    await rm(join(place.model, 'text_encoder_2'), { recursive: true });
    const { details } = await place.identify();
    expect(details.isComplete).toBe(false);
    expect(details.missing).toEqual([
      'text_encoder_2/config.json',
      'text_encoder_2/model.safetensors',
      `transformer/${weights}-00001-of-00002.safetensors`,
      'vae/config.json',
    ]);
    expect(details.parts.filter(({ isComplete }) => !isComplete).map(({ name }) => name)).toEqual([
      'text_encoder_2',
      'transformer',
      'vae',
    ]);
  });

  it('has weights that were cut short, code, and links as a cache has them', async () => {
    await using place = await scene();
    const vae = join(place.model, 'vae', 'diffusion_pytorch_model.safetensors');
    await truncate(vae, 5_000);
    const encoder = join(place.model, 'text_encoder', 'model.safetensors');
    await rename(encoder, place.folder.join('blob'));
    await symlink(place.folder.join('blob'), encoder);
    await symlink(place.folder.join('nowhere'), join(place.model, 'text_encoder', 'gone.safetensors'));
    await symlink(place.model, join(place.model, 'vae', 'loop'));
    await writeFile(join(place.model, 'pipeline.py'), 'import os');
    const { details, loading } = await place.identify();
    expect(details.parts.find(({ name }) => name === 'text_encoder')).toMatchObject({ isComplete: true });
    const broken = details.parts.find(({ name }) => name === 'vae');
    expect(broken).toMatchObject({ isComplete: false, missing: [] });
    expect(broken?.weights[0]?.problem).toContain('vae/diffusion_pytorch_model.safetensors');
    await truncate(join(place.model, 'text_encoder_2', 'model.safetensors'), 200_000);
    const cut = (await place.identify()).details.parts.find(({ name }) => name === 'text_encoder_2');
    expect(cut?.weights[0]?.problem).toContain(join(place.model, 'text_encoder_2', 'model.safetensors'));
    expect([details.isComplete, details.code, loading]).toEqual([false, ['pipeline.py'], 'unscanned']);
  });

  it('is as safe as the worst of its weights', async () => {
    await using place = await scene();
    await writeFile(join(place.model, 'vae', 'diffusion_pytorch_model.bin'), 'cos\nsystem\n)R.');
    const { details, loading } = await place.identify();
    expect([details.isComplete, loading]).toEqual([true, 'dangerous']);
  });
});

describe('a folder', () => {
  it('of transformers is what its weights are, with the shards that it lacks', async () => {
    await using place = await scene(sharded);
    const found = await place.identify();
    expect(found).toMatchObject({
      facts: { type: 'llm' },
      identification: { format: 'safetensors' },
      loading: 'data-only',
    });
    expect(found.details).toMatchObject({
      kind: 'model',
      library: 'transformers',
      isComplete: true,
      parts: [{ name: '' }],
    });
    const shard = sharded.files.find(({ path }) => path.includes('-00001-of-'))?.path ?? '';
    await rm(join(place.model, shard));
    expect((await place.identify()).details).toMatchObject({ isComplete: false, missing: [shard] });
  });

  it('with a hostile description is refused, with its path', async () => {
    await using place = await scene();
    const path = join(place.model, 'model_index.json');
    for (const [content, code] of [
      [`{"_class_name":"X","a":"${'x'.repeat(300_000)}"}`, 'formats.too-large'],
      ['{"_class_name": {}, "unet": 3}', 'formats.invalid'],
      ['{"_class_name": "X", "../../etc": ["diffusers", "X"]}', 'formats.invalid'],
    ] as const) {
      await writeFile(path, content);
      await expect(place.identify()).rejects.toMatchObject({ code, facts: { path } });
    }
    const parts = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`p${at}`, ['diffusers', 'X']]));
    await writeFile(path, JSON.stringify({ _class_name: 'X', ...parts }));
    expect((await place.identify()).details).toMatchObject({ isComplete: false, sizeBytes: 0 });
  });

  it('that is no model, or is not there, says so', async () => {
    await using place = await scene();
    const other = place.folder.join('other');
    await mkdir(other);
    await expect(place.identify(other)).rejects.toMatchObject({ code: 'library.nothing-to-import' });
    for (const name of ['a', 'b']) {
      await copyFile(
        join(place.model, 'vae', 'diffusion_pytorch_model.safetensors'),
        join(other, `${name}.safetensors`),
      );
    }
    await expect(place.identify(other)).rejects.toMatchObject({
      code: 'library.nothing-to-import',
      facts: { paths: [other] },
    });
    await expect(place.identify(place.folder.join('none'))).rejects.toMatchObject({ code: 'io.not-found' });
  });
});

describe('a repo', () => {
  it('with a description is what its parts are, by their headers', async () => {
    await using place = await scene();
    const found = await place.workspace.identifyRemote(`hf:${pipeline.id}`);
    expect(found).toMatchObject({
      format: 'diffusers',
      scan: { type: 'checkpoint', family: 'flux1' },
      commit: await place.hub.commitOf(pipeline.id),
      details: { className: 'FluxPipeline', isComplete: true, missing: [] },
    });
    expect(found.files.map(({ path }) => path)).toEqual(
      pipeline.files.map(({ path }) => path).filter((path) => path.endsWith('.safetensors')),
    );
    expect(found.sets).toHaveLength(4);
    const local = await place.identify();
    expect((await place.identify(`hf:${pipeline.id}`)).details.parts).toEqual(local.details.parts);
    expect(await place.workspace.identifyRemote(`hf:${pipeline.id}`, { component: 'vae' })).toMatchObject({
      scan: { type: 'vae' },
    });
    expect(await place.workspace.identifyRemote(`hf:${pipeline.id}/vae`)).toMatchObject({
      scan: { type: 'vae' },
      details: { kind: 'model', library: 'diffusers', className: 'AutoencoderKL' },
    });
  });

  it('lacks files that its description names', async () => {
    const lacking = pipeline.files.filter(({ path }) => !path.startsWith('vae/') && path !== 'transformer/config.json');
    await using place = await scene({ id: 'acme/lacking', files: lacking });
    const { details } = await place.workspace.identifyRemote('hf:acme/lacking');
    expect(folderDetails(details)).toMatchObject({
      isComplete: false,
      missing: ['transformer/config.json', 'vae/config.json', 'vae/diffusion_pytorch_model.safetensors'],
    });
  });

  it.each([
    ['vae/diffusion_pytorch_model.bin', 'unscanned'],
    ['vae/diffusion_pytorch_model.fp16.safetensors', 'data-only'],
  ])('with %s beside what was read says that it was not, and is %s', async (path, loading) => {
    const beside = { path, content: Buffer.from('cos\nsystem\n)R.') };
    await using place = await scene({ id: 'acme/beside', files: [...pipeline.files, beside] });
    const found = await place.identify('hf:acme/beside');
    expect([found.details.unread, found.loading, found.details.isComplete]).toEqual([[path], loading, true]);
    expect(found.identification.evidence).toContain(`${path}: not looked at`);
  });

  it('with a description that is too long is refused before it is fetched', async () => {
    const files = [
      { path: 'model_index.json', content: Buffer.alloc(3_000_000, 32) },
      ...pipeline.files.filter(({ path }) => path !== 'model_index.json'),
    ];
    await using place = await scene({ id: 'acme/long', files });
    await expect(place.workspace.identifyRemote('hf:acme/long')).rejects.toMatchObject({
      code: 'formats.too-large',
      facts: { path: 'hf:acme/long/model_index.json' },
    });
    expect(place.hub.requests.reduce((sum, { bytesSent }) => sum + bytesSent, 0)).toBeLessThan(100_000);
  });
});
