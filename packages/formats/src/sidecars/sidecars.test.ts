import { describe, expect, it } from 'vitest';
import { bytesSource } from '../source/bytes-source.ts';
import { MAX_SIDECAR_BYTES, readSidecar } from './read-sidecar-file.ts';
import { recogniseSidecar } from './recognise-sidecar.ts';
import { resolveSidecar } from './resolve-sidecar.ts';

const sha256 = 'ab'.repeat(32);
const other = 'cd'.repeat(32);

const version = (id: number, hash: string) => ({
  id,
  modelId: 7,
  name: `v${id}`,
  description: '<p>Sharper <i>lines</i></p>',
  baseModel: 'SDXL 1.0',
  trainedWords: ['thick line', 'ink'],
  publishedAt: '2025-03-01T10:00:00.000Z',
  nsfwLevel: 1,
  somethingNew: { of: 'later' },
  downloadUrl: `https://civitai.com/api/download/models/${id}?token=secret`,
  files: [
    {
      id: id * 10,
      name: 'thick-line.safetensors',
      type: 'Model',
      primary: true,
      sizeKB: 223_101.5,
      hashes: { SHA256: hash.toUpperCase(), AutoV2: hash.slice(0, 10).toUpperCase(), Odd: 7 },
      downloadUrl: `https://civitai.com/api/download/models/${id}`,
    },
  ],
  images: [
    { url: 'https://image.civitai.com/a.mp4', type: 'video' },
    { url: 'https://image.civitai.com/a.jpeg', nsfwLevel: 1, type: 'image' },
    { url: 'javascript:alert(1)' },
    'odd',
  ],
});
const byHash = { ...version(70, sha256), model: { name: 'Thick line', type: 'LORA', nsfw: false } };
const wholeModel = {
  id: 7,
  name: 'Thick line',
  type: 'LORA',
  description: '<p>Comic <b>lines</b></p>',
  tags: ['style', { name: 'comic' }],
  creator: { username: 'ann' },
  modelVersions: [version(71, other), version(70, sha256)],
};

describe('a sidecar', () => {
  it('of A1111 or Forge is told by its fields', () => {
    const json = {
      description: 'for line art',
      'sd version': 'SDXL',
      'activation text': 'thick line, ink',
      'preferred weight': 0.8,
      'negative text': 'colour',
      notes: 'mine',
      'of another extension': [1],
    };
    expect(recogniseSidecar(JSON.stringify(json))).toMatchObject({
      kind: 'forge',
      layer: 'forge',
      facts: { family: 'sdxl', description: 'for line art', triggerWords: ['thick line', 'ink'] },
      extra: { 'preferred weight': 0.8, 'negative text': 'colour', notes: 'mine', 'sd version': 'SDXL' },
    });
    const checkpoint = { description: 'soft', notes: '', vae_te: [], sd_version_str: 'SdVersion.SD1' };
    expect(recogniseSidecar(JSON.stringify(checkpoint))).toMatchObject({
      facts: { family: 'sd1', description: 'soft' },
    });
    expect(recogniseSidecar('{"description":"soft","notes":"n","vae":"x.vae.pt"}')).toMatchObject({ kind: 'forge' });
    expect(recogniseSidecar('{"sd version":"Unknown"}')).toMatchObject({ facts: { family: null, description: null } });
  });

  it('of Civitai is the answer about a version', () => {
    const found = recogniseSidecar(`\uFEFF${JSON.stringify(byHash)}`);
    expect(found).toMatchObject({
      kind: 'civitai-version',
      layer: 'civitai-sidecar',
      facts: {
        name: 'Thick line',
        type: 'lora',
        family: 'sdxl',
        baseModel: 'SDXL 1.0',
        triggerWords: ['thick line', 'ink'],
      },
      civitai: { modelId: 7, versionId: 70, versionName: 'v70', versionDescription: 'Sharper lines', nsfwLevel: 1 },
      previews: [{ url: 'https://image.civitai.com/a.jpeg', nsfwLevel: 1 }],
    });
    expect(JSON.stringify(found)).not.toContain('secret');
    expect(found === null ? null : resolveSidecar(found, { sha256 })).toMatchObject({
      verdict: 'agrees',
      sidecar: { civitai: { fileId: 700, fileSizeKb: 223_101.5 } },
    });
    expect(found === null ? null : resolveSidecar(found, { sha256: other }).verdict).toBe('contradicts');
    expect(found === null ? null : resolveSidecar(found, {}).verdict).toBe('unknown');
  });

  it('that speaks of all versions of a model means the one with the file', () => {
    const found = recogniseSidecar(JSON.stringify(wholeModel));
    if (found === null) throw new Error('not recognised');
    expect(found).toMatchObject({ kind: 'civitai-model', civitai: { modelId: 7, versionId: null, creator: 'ann' } });
    expect(found.facts).toMatchObject({ name: 'Thick line', baseModel: null, tags: ['style', 'comic'] });
    expect(resolveSidecar(found, { sha256 })).toMatchObject({
      verdict: 'agrees',
      sidecar: {
        facts: { baseModel: 'SDXL 1.0', description: 'Comic lines' },
        civitai: { versionId: 70, fileId: 700 },
      },
    });
    expect(resolveSidecar(found, {})).toMatchObject({ verdict: 'unknown', sidecar: { civitai: { versionId: null } } });
    expect(resolveSidecar(found, { sha256: 'ef'.repeat(32) }).verdict).toBe('contradicts');
    const single = { ...wholeModel, modelVersions: [version(70, sha256)] };
    expect(recogniseSidecar(JSON.stringify(single))).toMatchObject({ civitai: { versionId: 70 } });
  });

  it('of Stability Matrix, SwarmUI and LoRA Manager is told from the others', () => {
    const matrix = {
      ModelId: 7,
      ModelName: 'Thick line',
      ModelDescription: '<p>lines</p>',
      Tags: ['style'],
      ModelType: 'LORA',
      VersionId: 70,
      VersionName: 'v70',
      BaseModel: 'Pony',
      Hashes: { SHA256: sha256, CRC32: '01234567' },
      TrainedWords: ['ink'],
      UserTitle: 'My lines',
      AuthorUsername: 'ann',
      ThumbnailImageUrl: 'https://image.civitai.com/t.jpeg',
      Source: 0,
    };
    expect(recogniseSidecar(JSON.stringify(matrix))).toMatchObject({
      kind: 'stability-matrix',
      facts: { name: 'My lines', type: 'lora', family: 'sdxl', baseModel: 'Pony', triggerWords: ['ink'] },
      civitai: { modelId: 7, versionId: 70, creator: 'ann' },
      files: [{ hashes: { sha256, crc32: '01234567' } }],
    });
    expect(recogniseSidecar(JSON.stringify({ ...matrix, Source: 'OpenModelDb', ModelType: 3 }))).toMatchObject({
      civitai: null,
      facts: { type: null },
    });
    const swarm = { 'modelspec.title': 'Mine', 'modelspec.architecture': 'flux-1-dev/lora', preview_image: 'data:,' };
    expect(recogniseSidecar(JSON.stringify(swarm))).toMatchObject({
      kind: 'swarm',
      layer: 'forge',
      facts: { name: 'Mine', type: 'lora', family: 'flux1', baseModel: 'Flux.1 D' },
    });
    const manager = {
      file_name: 'thick-line',
      model_name: 'Thick line (mine)',
      file_path: '/elsewhere/thick-line.safetensors',
      sha256,
      base_model: 'SDXL 1.0',
      autov3: null,
      civitai: byHash,
      tags: ['comic'],
      modelDescription: '<p>from the site</p>',
      notes: 'n',
    };
    const found = recogniseSidecar(JSON.stringify(manager));
    expect(found).toMatchObject({
      kind: 'lora-manager',
      facts: { name: 'Thick line (mine)', tags: ['comic'], description: 'from the site', type: 'lora' },
      civitai: { versionId: 70 },
      extra: { notes: 'n' },
    });
    expect(found === null ? null : resolveSidecar(found, { sha256 }).verdict).toBe('agrees');
  });

  it('of the Hub is the front matter of a model card', () => {
    const card = `---\r\nlicense: other\r\nlicense_name: flux-dev\r\ntags: [style, lora]\r\nbase_model:\r\n  - a/b\r\ninstance_prompt: in ink\r\n---\r\n# Ink`;
    expect(recogniseSidecar(card)).toMatchObject({
      kind: 'model-card',
      layer: 'hub',
      facts: { licence: 'flux-dev', tags: ['style', 'lora'], triggerWords: ['in ink'] },
      extra: { base_model: ['a/b'] },
    });
    expect(recogniseSidecar('---\nlicense: mit\n---\n')).toMatchObject({ facts: { licence: 'mit' } });
  });

  it.each([
    ['nothing', ''],
    ['an empty object', '{}'],
    ['a list', '[]'],
    ['broken JSON', '{"modelId": 1,'],
    ['the config of a model', '{"architectures":["X"],"model_type":"llama","description":"x"}'],
    ['a pipeline', '{"_class_name":"FluxPipeline"}'],
    ['a prototype', '{"__proto__":{"sd version":"SD1"},"constructor":1}'],
    ['front matter of a blog', '---\ntitle: x\n---\n'],
    ['front matter without an end', `---\nlicense: mit\n${'a: 1\n'.repeat(50_000)}`],
    ['YAML that grows', `---\nlicense: &a [x,x,x]\ntags: [*a,*a]\n---\n`],
    ['YAML that is nested', `---\nlicense: ${'['.repeat(30_000)}\n---\n`],
    ['YAML with lists in lists', `---\nlicense: ${'- '.repeat(15_000)}\n---\n`],
    ['YAML with keys of keys', `---\nlicense: mit\n${'? '.repeat(15_000)}\n---\n`],
    ['JSON that is nested', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
  ])('is not %s', (_, text) => {
    expect(recogniseSidecar(text)).toBeNull();
  });

  it('is text, and not larger than a sidecar is', async () => {
    const bytes = Buffer.from(JSON.stringify(byHash));
    expect(await readSidecar(bytesSource(bytes))).toMatchObject({ kind: 'civitai-version' });
    expect(
      await readSidecar(bytesSource(Buffer.concat([Buffer.from('{"sd version":"'), Buffer.from([0xff])]))),
    ).toBeNull();
    let reads = 0;
    const huge = { sizeBytes: MAX_SIDECAR_BYTES + 1, read: async () => ((reads += 1), new Uint8Array()) };
    expect(await readSidecar(huge)).toBeNull();
    expect(reads).toBe(0);
  });
});
