import {
  buildControlNet,
  buildEmbedding,
  buildEsrgan,
  buildFluxModel,
  buildSafetensors,
  buildSdxlCheckpoint,
  buildSdxlLora,
  buildVae,
  demoRepos,
  textBytes,
} from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../source/bytes-source.ts';
import { identify } from './identify.ts';

const identifyBytes = (...files: Uint8Array[]) => identify(files.map((bytes) => bytesSource(bytes)));

/** What the files of the demo's repos are; shards are identified together. */
const demoModels: Readonly<Record<string, object>> = {
  'acme/tiny-flux/flux1-dev.safetensors': {
    type: 'diffusion-model',
    family: 'flux1',
    baseModel: 'Flux.1 D',
    precision: 'bf16',
  },
  'acme/tiny-flux/text_encoders/clip_l.safetensors': { type: 'text-encoder', family: null, variant: 'clip-l' },
  'acme/tiny-flux/text_encoders/t5xxl_fp16.safetensors': { type: 'text-encoder', family: null, variant: 't5-xxl' },
  'acme/tiny-flux/vae/ae.safetensors': { type: 'vae', family: null, variant: '16-channel', precision: 'fp32' },
  'acme/tiny-sdxl/tiny-sdxl.safetensors': { type: 'checkpoint', family: 'sdxl', baseModel: 'SDXL 1.0', variant: null },
  'acme/flux-thickline-lora/thickline.safetensors': { type: 'lora', family: 'flux1' },
  'acme/tiny-llama-gguf/tiny-llama-Q4_K_M.gguf': { type: 'llm', family: 'llama', quantisation: 'Q4_K_M' },
  'acme/tiny-llama-gguf/tiny-llama-Q5_K_M.gguf': { type: 'llm', family: 'llama', quantisation: 'Q5_K_M' },
  'acme/tiny-llama-gguf/tiny-llama-Q8_0.gguf': { type: 'llm', family: 'llama', quantisation: 'Q8_0' },
  'acme/tiny-llama-gguf/mmproj-tiny-llama-f16.gguf': { type: 'mmproj', family: null },
  'acme/tiny-diffusers/text_encoder/model.safetensors': { type: 'text-encoder', variant: 'clip-l' },
  'acme/tiny-diffusers/text_encoder_2/model.safetensors': { type: 'text-encoder', variant: 't5-xxl' },
  'acme/tiny-diffusers/transformer/diffusion_pytorch_model.safetensors': {
    type: 'diffusion-model',
    family: 'flux1',
    baseModel: 'Flux.1 D',
  },
  'acme/tiny-diffusers/vae/diffusion_pytorch_model.safetensors': { type: 'vae', family: null },
  'acme/gated-flux/flux1-gated.safetensors': { type: 'diffusion-model', family: 'flux1', baseModel: 'Flux.1 D' },
  'acme/gated-flux/ae.safetensors': { type: 'vae', family: null },
};

describe('the demo repos', () => {
  for (const scale of [1, 0.02]) {
    it(`are identified at scale ${scale}`, async () => {
      const found: Record<string, unknown> = {};
      for (const repo of demoRepos({ scale })) {
        for (const { path, content } of repo.files) {
          const key = `${repo.id}/${path}`;
          if (content instanceof Uint8Array && key in demoModels) found[key] = (await identifyBytes(content)).scan;
        }
      }
      expect(found).toMatchObject(demoModels);
    });
  }

  it('take the shards of one model together', async () => {
    const files = demoRepos({ scale: 0.1 }).find(({ id }) => id === 'acme/tiny-llama-sharded')?.files ?? [];
    const shards = files.flatMap(({ path, content }) =>
      path.endsWith('.safetensors') && content instanceof Uint8Array ? [content] : [],
    );
    expect(shards).toHaveLength(3);
    const found = await identifyBytes(...shards);
    expect(found).toMatchObject({
      format: 'safetensors',
      scan: { type: 'llm', family: null, precision: 'bf16' },
      tensorCount: 21,
    });
    expect(found.evidence.join()).toContain('the family is in the config');
    await expect(identifyBytes(...shards, ...shards.slice(0, 1))).rejects.toMatchObject({ code: 'formats.invalid' });
  });
});

describe('identify', () => {
  it.each([
    ['a ControlNet of SD 1', buildControlNet({ family: 'sd1', scale: 0.2 }), { type: 'controlnet', family: 'sd1' }],
    ['a ControlNet of SDXL', buildControlNet({ family: 'sdxl', scale: 0.2 }), { type: 'controlnet', family: 'sdxl' }],
    ['an upscaler', buildEsrgan({ scale: 0.2 }), { type: 'upscaler', family: null, variant: 'esrgan' }],
    [
      'an embedding of SD 1',
      buildEmbedding({ family: 'sd1' }),
      { type: 'embedding', family: 'sd1', precision: 'fp32' },
    ],
    ['an embedding of SDXL', buildEmbedding({ family: 'sdxl' }), { type: 'embedding', family: 'sdxl' }],
    ['a LoRA of SDXL', buildSdxlLora({ scale: 0.2 }), { type: 'lora', family: 'sdxl', baseModel: null }],
    [
      'the VAE of SD',
      buildVae({ kind: 'sd', scale: 0.2 }),
      { type: 'vae', family: null, variant: '4-channel', precision: 'fp16' },
    ],
    [
      'FLUX.1-schnell',
      buildFluxModel({ guidance: false, scale: 0.1 }),
      { type: 'diffusion-model', family: 'flux1', baseModel: 'Flux.1 S' },
    ],
    [
      'an SDXL checkpoint for inpainting',
      buildSdxlCheckpoint({ inpaint: true, scale: 0.1 }),
      { type: 'checkpoint', family: 'sdxl', variant: 'inpaint' },
    ],
  ])('tells %s', async (_, bytes, scan) => {
    const found = await identifyBytes(bytes);
    expect(found.scan, found.evidence.join('\n')).toMatchObject(scan);
    expect(found.scan.parameterCount).toBeGreaterThan(0);
    expect(structuredClone(found)).toEqual(found);
  });

  it('keeps claims apart from facts', async () => {
    const bytes = buildSdxlLora({
      scale: 0.1,
      metadata: { 'modelspec.architecture': 'flux-1-dev/lora', 'modelspec.title': 'Liar' },
    });
    const { scan, embedded } = await identifyBytes(bytes);
    expect(scan).toMatchObject({ type: 'lora', family: 'sdxl' });
    expect(embedded).toMatchObject({ name: 'Liar', family: 'flux1' });
  });

  it.each([
    [
      'nf4',
      { 'a.weight': 'U8', 'a.weight.quant_state.bitsandbytes__nf4': 'U8', b: 'F16' },
      { quantisation: 'nf4', precision: null, parameterCount: null },
    ],
    [
      'fp4',
      { 'a.weight': 'U8', 'a.weight.quant_state.bitsandbytes__fp4': 'U8' },
      { quantisation: 'fp4', parameterCount: null },
    ],
    ['svdq int4', { 'a.qweight': 'I8', 'a.wscales': 'BF16' }, { quantisation: 'svdq-int4', precision: null }],
    ['svdq fp4', { 'a.qweight': 'I8', 'a.wscales': 'F8_E4M3' }, { quantisation: 'svdq-fp4', precision: null }],
    ['SDNQ', { 'a.weight': 'I8', 'a.scale': 'BF16' }, { quantisation: 'sdnq-int8', precision: null }],
    ['AWQ', { 'a.qweight': 'I32', 'a.qzeros': 'I32', 'a.scales': 'F16' }, { quantisation: 'awq', precision: null }],
    ['EXL2', { 'a.q_weight': 'I32', 'a.q_scale': 'I32' }, { quantisation: 'exl2', precision: null }],
    ['EXL3', { 'a.trellis': 'I16', 'a.suh': 'F16', 'a.svh': 'F16' }, { quantisation: 'exl3', precision: null }],
    ['nvfp4', { 'a.weight': 'U8', 'a.weight_scale_2': 'F32' }, { quantisation: 'nvfp4', precision: null }],
    ['int8', { 'a.weight': 'I8', 'a.weight_scale': 'F32' }, { quantisation: 'int8', precision: null }],
    ['HQQ', { 'a.W_q': 'U8', 'b.weight': 'F16' }, { quantisation: 'hqq', precision: null }],
    ['no quantisation for a scale of a norm', { 'a.scale': 'F16', 'a.weight': 'F16' }, { quantisation: null }],
    [
      'scaled fp8',
      { 'a.weight': 'F8_E4M3', 'a.scale_weight': 'F32', scaled_fp8: 'F8_E4M3' },
      { quantisation: 'fp8_scaled', precision: 'fp8', parameterCount: 12 },
    ],
    ['plain fp8', { 'a.weight': 'F8_E5M2' }, { quantisation: null, precision: 'fp8' }],
  ] as const)('sees %s weights', async (_, dtypes, scan) => {
    const tensors = Object.fromEntries(Object.entries(dtypes).map(([name, dtype]) => [name, { dtype, shape: [2, 2] }]));
    expect((await identifyBytes(buildSafetensors({ tensors }))).scan).toMatchObject(scan);
  });

  it('knows that it does not know', async () => {
    const pickle = demoRepos({ scale: 0.01 })
      .find(({ id }) => id === 'acme/old-checkpoint')
      ?.files.find(({ path }) => path.endsWith('.ckpt'))?.content;
    expect(pickle).toBeInstanceOf(Uint8Array);
    expect(await identifyBytes(pickle as Uint8Array)).toMatchObject({
      format: 'pickle',
      scan: { type: 'unknown' },
      confidence: 0,
      tensorCount: 3,
      safety: { verdict: 'no-findings', findings: [] },
    });
    expect(await identifyBytes(textBytes('{"error":"not found"}'))).toMatchObject({
      format: 'unknown',
      scan: { type: 'unknown' },
      confidence: 0,
      safety: { verdict: 'unscanned' },
    });
  });

  it('names the path of a broken file', async () => {
    const bytes = buildEmbedding({ family: 'sd1' });
    const broken = [bytesSource(bytes), bytesSource(bytes.subarray(0, bytes.length - 4))];
    await expect(identify(broken, { paths: ['a.safetensors', 'b.safetensors'] })).rejects.toMatchObject({
      code: 'formats.invalid',
      facts: { format: 'safetensors', path: 'b.safetensors' },
    });
  });

  it('refuses no source and shards of different formats', async () => {
    await expect(identify([])).rejects.toMatchObject({ code: 'core.invalid-argument' });
    await expect(identifyBytes(buildEmbedding({ family: 'sd1' }), textBytes('x'))).rejects.toMatchObject({
      facts: { argument: 'sources', found: ['safetensors', 'unknown'] },
    });
  });
});

describe('what is found in place of a model', () => {
  it.each([
    ['', 'the file is empty'],
    ['<!DOCTYPE html><html><body>Log in</body></html>', 'web page'],
    [' <?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 'XML'],
    ['{"error": "Early Access"}', 'JSON'],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n', 'Git LFS'],
    ['\u0020\u0003\0\0\0\0\0\0{"model.weight":{"dtype":"F32"', 'cut short'],
    ['weights', 'like no known format'],
    ['{weights', 'like no known format'],
  ])('%j is told as such', async (text, what) => {
    const found = await identifyBytes(textBytes(text));
    expect(found).toMatchObject({ format: 'unknown', scan: { type: 'unknown' } });
    expect(found.evidence.join()).toContain(what);
  });

  it('is a pickle that cannot be read', async () => {
    const deep = Buffer.concat([Buffer.from('8002', 'hex'), Buffer.alloc(20_000, ']'), Buffer.from('.')]);
    const found = await identifyBytes(deep);
    expect(found).toMatchObject({ format: 'pickle', evidence: ['its pickle could not be read'] });
    expect(found.safety?.verdict).toBe('suspicious');
  });
});
