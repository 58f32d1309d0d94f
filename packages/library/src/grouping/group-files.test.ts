import { describe, expect, it } from 'vitest';
import { groupFiles } from './group-files.ts';
import { groupName } from './group-name.ts';
import { pipelineComponents } from './read-pipeline.ts';
import { parseShardIndex } from './shard-index.ts';

describe('grouping the files of a source', () => {
  it('makes one model of each weight file, with the companions beside it', () => {
    const groups = groupFiles({
      paths: [
        'README.md',
        'flux1-dev.safetensors',
        'vae/ae.safetensors',
        'vae/config.json',
        'text_encoders/t5xxl.safetensors',
        'text_encoders/clip_l.safetensors',
      ],
    });
    expect(groups.map(({ key, companions }) => [key, companions])).toEqual([
      ['flux1-dev.safetensors', ['README.md']],
      ['text_encoders/clip_l.safetensors', ['README.md']],
      ['text_encoders/t5xxl.safetensors', ['README.md']],
      ['vae/ae.safetensors', ['README.md', 'vae/config.json']],
    ]);
  });

  it('gives a config at the root to the models at the root only, and to all below where there are none', () => {
    const mixed = groupFiles({ paths: ['config.json', 'model.safetensors', 'vae/ae.safetensors'] });
    expect(mixed.find(({ key }) => key === 'vae/ae.safetensors')?.companions).toEqual([]);
    expect(mixed.find(({ key }) => key === 'model.safetensors')?.companions).toEqual(['config.json']);
    const below = groupFiles({ paths: ['config.json', 'q4/a.gguf', 'q8/b.gguf'] });
    expect(below.map(({ companions }) => companions)).toEqual([['config.json'], ['config.json']]);
  });

  it('keeps sidecars and previews with the file whose name they carry', () => {
    const groups = groupFiles({
      paths: ['a.safetensors', 'a.json', 'a.preview.png', 'ab.safetensors', 'ab.civitai.info'],
    });
    expect(groups.map(({ companions }) => companions)).toEqual([['a.json', 'a.preview.png'], ['ab.civitai.info']]);
  });

  it('gives a sidecar to the longest name that it carries', () => {
    const groups = groupFiles({
      paths: [
        'Llama-3.safetensors',
        'Llama-3.1.safetensors',
        'Llama-3.json',
        'Llama-3.1.json',
        'a.safetensors',
        'a.v2.safetensors',
        'a.preview.png',
        'a.v2.preview.png',
        'a.v3.preview.png',
      ],
    });
    expect(groups.map(({ key, companions }) => [key, companions])).toEqual([
      ['Llama-3.1.safetensors', ['Llama-3.1.json']],
      ['Llama-3.safetensors', ['Llama-3.json']],
      ['a.safetensors', ['a.preview.png', 'a.v3.preview.png']],
      ['a.v2.safetensors', ['a.v2.preview.png']],
    ]);
  });

  it('takes no file of a folder for the sidecar of a model whose name begins like the folder', () => {
    const groups = groupFiles({ paths: ['a.safetensors', 'a.d/b.safetensors', 'a.d/config.json', '.bin.json'] });
    expect(groups.map(({ key, companions }) => [key, companions])).toEqual([
      ['a.d/b.safetensors', ['a.d/config.json']],
      ['a.safetensors', ['.bin.json']],
    ]);
  });

  it('sorts 5,000 models with their sidecars', () => {
    const stems = Array.from({ length: 5_000 }, (_, index) => `loras/${index % 7}/style.v${index}`);
    const groups = groupFiles({
      paths: stems.flatMap((stem) => [`${stem}.json`, `${stem}.preview.png`, `${stem}.safetensors`]),
    });
    const expected = stems
      .map((stem) => ({ key: `${stem}.safetensors`, companions: [`${stem}.json`, `${stem}.preview.png`] }))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1));
    expect(groups.map(({ key, companions }) => ({ key, companions }))).toEqual(expected);
  });

  it('joins shards by their index, and says which are missing', () => {
    const shardIndexes = new Map([
      ['m/model.safetensors.index.json', { files: ['part-a.safetensors', 'part-b.safetensors'] }],
    ]);
    const [group] = groupFiles({
      paths: ['m/part-a.safetensors', 'm/model.safetensors.index.json', 'm/config.json'],
      shardIndexes,
    });
    expect(group).toMatchObject({
      kind: 'shards',
      key: 'm/model.safetensors',
      weights: ['m/part-a.safetensors'],
      expectedWeights: ['m/part-a.safetensors', 'm/part-b.safetensors'],
      companions: ['m/model.safetensors.index.json', 'm/config.json'],
    });
  });

  it('joins numbered shards without an index, each set for itself', () => {
    const groups = groupFiles({
      paths: [
        'x-00002-of-00003.gguf',
        'x-00001-of-00003.gguf',
        'y-00001-of-00002.gguf',
        'y-00002-of-00002.gguf',
        'z-00001-of-00001.gguf',
      ],
    });
    expect(
      groups.map(({ kind, key, weights, expectedWeights }) => [kind, key, weights.length, expectedWeights.length]),
    ).toEqual([
      ['shards', 'x.gguf', 2, 3],
      ['shards', 'y.gguf', 2, 2],
      ['file', 'z-00001-of-00001.gguf', 1, 1],
    ]);
  });

  it('takes a diffusers folder as one model and leaves the single files beside it alone', () => {
    const groups = groupFiles({
      paths: [
        'model_index.json',
        'unet/diffusion.safetensors',
        'unet/config.json',
        'vae/vae.safetensors',
        'tokenizer/vocab.json',
        'single.safetensors',
        'README.md',
      ],
      pipelines: new Map([['', ['unet', 'vae', 'tokenizer']]]),
    });
    expect(groups).toHaveLength(2);
    expect(groups[0]).toMatchObject({
      kind: 'diffusers',
      weights: ['unet/diffusion.safetensors', 'vae/vae.safetensors'],
    });
    expect(groups[0]?.companions).toEqual([
      'model_index.json',
      'unet/config.json',
      'tokenizer/vocab.json',
      'README.md',
    ]);
    expect(groups[1]).toMatchObject({ kind: 'file', weights: ['single.safetensors'], companions: ['README.md'] });
  });

  it('finds nothing where there are no weights', () => {
    expect(groupFiles({ paths: ['README.md', 'config.json', 'optimizer.pt'] })).toEqual([]);
  });

  it('names a model by its file, and by its folder or source where the file name says nothing', () => {
    const names = groupFiles({
      paths: ['model.safetensors', 'vae/diffusion_pytorch_model.fp16.safetensors', 'sdxl.v1.0.safetensors'],
    }).map((group) => groupName(group, 'my-repo'));
    expect(names).toEqual(['my-repo', 'sdxl.v1.0', 'vae']);
    const [pipeline] = groupFiles({
      paths: ['p/model_index.json', 'p/unet/x.safetensors'],
      pipelines: new Map([['p', ['unet']]]),
    });
    expect(pipeline && groupName(pipeline, 'my-repo')).toBe('p');
  });
});

describe('what the small files say', () => {
  it('reads the components of a pipeline', () => {
    expect(
      pipelineComponents({
        _class_name: 'FluxPipeline',
        _diffusers_version: '0.30',
        transformer: ['diffusers', 'F'],
        '../up': ['a', 'b'],
        force_zeros: true,
      }),
    ).toEqual(['transformer']);
    expect(pipelineComponents({ transformer: ['diffusers', 'F'] })).toBeNull();
    expect(pipelineComponents([])).toBeNull();
  });

  it('reads a shard index and ignores names that lead elsewhere', () => {
    expect(
      parseShardIndex({ weight_map: { a: 'x.safetensors', b: '../y.safetensors', c: 'x.safetensors', d: 3 } }),
    ).toEqual({ files: ['x.safetensors'] });
    expect(parseShardIndex({})).toBeNull();
    expect(parseShardIndex(null)).toBeNull();
  });
});
