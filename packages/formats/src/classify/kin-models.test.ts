import { describe, expect, it } from 'vitest';
import { classifyTensors } from './classify-tensors.ts';
import { adapter, tensorsOf, type Shapes } from './shapes.test-helper.ts';

describe('models with layers in common', () => {
  const down = 'down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k';
  it.each<readonly [string, Shapes]>([
    ['a LoRA of cross attention', adapter({ [`unet.${down}`]: [640, 2048] }, 'peft')],
    [
      'a LoRA of many blocks',
      adapter({ lora_unet_mid_block_attentions_0_transformer_blocks_9_attn1_to_q: [1280, 1280] }),
    ],
    [
      'a LoKr',
      {
        [`lora_unet_${down.replaceAll('.', '_')}.lokr_w1`]: [8, 16],
        [`lora_unet_${down.replaceAll('.', '_')}.lokr_w2`]: [80, 128],
      },
    ],
    ['a ControlNet', { 'controlnet_cond_embedding.conv_in.weight': [16, 3, 3, 3], [`${down}.weight`]: [640, 2048] }],
  ])('is not sure of SDXL where Kolors has the same layers: %s', (_, shapes) => {
    const found = classifyTensors(tensorsOf(shapes));
    expect(found.facts.family).toBe('sdxl');
    expect(found.confidence).toBeLessThan(0.75);
    expect(found.evidence.join()).toContain('Kolors');
  });

  it.each<readonly [string, string, Shapes]>([
    [
      'text encoders',
      'sdxl',
      adapter({
        [`lora_unet_${down.replaceAll('.', '_')}`]: [640, 2048],
        lora_te1_text_model_encoder_layers_0_self_attn_k_proj: [768, 768],
        lora_te2_text_model_encoder_layers_0_self_attn_k_proj: [1280, 1280],
      }),
    ],
    [
      'its vector',
      'kolors',
      adapter({ [`unet.${down}`]: [640, 2048], 'unet.add_embedding.linear_1': [1280, 5632] }, 'peft'),
    ],
    [
      'the text projection',
      'kolors',
      adapter({ [`unet.${down}`]: [640, 2048], 'unet.encoder_hid_proj': [2048, 4096] }, 'peft'),
    ],
    [
      'the vector of a ControlNet',
      'kolors',
      {
        'controlnet_cond_embedding.conv_in.weight': [16, 3, 3, 3],
        [`${down}.weight`]: [640, 2048],
        'add_embedding.linear_1.weight': [1280, 5632],
        'encoder_hid_proj.weight': [2048, 4096],
      },
    ],
  ])('is sure of SDXL or Kolors by %s', (_, family, shapes) => {
    const found = classifyTensors(tensorsOf(shapes));
    expect(found.facts.family, found.evidence.join()).toBe(family);
    expect(found.confidence).toBeGreaterThan(0.75);
  });

  it('is not sure that a first shard is of a model, as that of its ControlNet has the same layers', () => {
    const shard = {
      'single_transformer_blocks.0.proj_mlp.weight': [12_288, 3072],
      'time_text_embed.text_embedder.linear_1.weight': [3072, 768],
      'context_embedder.weight': [3072, 4096],
      'x_embedder.weight': [3072, 64],
      'transformer_blocks.0.attn.add_k_proj.weight': [3072, 3072],
    };
    const found = classifyTensors(tensorsOf(shard));
    expect(found.confidence).toBeLessThan(0.75);
    expect(found.evidence.join()).toContain('shard of a ControlNet');
    const whole = classifyTensors(tensorsOf({ ...shard, 'proj_out.weight': [64, 3072] }));
    expect(whole).toMatchObject({ facts: { type: 'diffusion-model', family: 'flux1' }, confidence: 0.95 });
    const control = classifyTensors(tensorsOf({ ...shard, 'controlnet_x_embedder.weight': [3072, 64] }));
    expect(control).toMatchObject({ facts: { type: 'controlnet', family: 'flux1' }, confidence: 0.95 });
  });
});

describe('an adapter for layers that a better-known model has too', () => {
  const square = (width: number, last: number, ...names: readonly string[]): Shapes =>
    adapter(
      Object.fromEntries(
        names.flatMap((name) => [0, last].map((at) => [name.replace('#', String(at)), [width, width] as const])),
      ),
      'peft',
    );

  it.each<[what: string, shapes: Shapes, family: string, kin: string]>([
    ['Helios', square(5120, 39, 'blocks.#.attn1.to_q', 'blocks.#.attn2.to_k'), 'wan', 'helios'],
    [
      'Motif-Video',
      square(3072, 19, 'transformer_blocks.#.attn.add_q_proj', 'single_transformer_blocks.#.attn.to_q'),
      'hunyuan-video',
      'motif-video',
    ],
    [
      'DiT, which has no attention to words',
      {
        ...square(1152, 27, 'transformer_blocks.#.attn1.to_q'),
        ...adapter({ 'transformer_blocks.0.ff.net.2': [1152, 4608] }, 'peft'),
      },
      'dit',
      'pixart',
    ],
    [
      'Sana 0.6B',
      square(1152, 27, 'transformer_blocks.#.attn1.to_q', 'transformer_blocks.#.attn2.to_q'),
      'pixart',
      'sana',
    ],
    ['CogView 4', square(4096, 27, 'transformer_blocks.#.attn1.to_q'), 'cogview4', 'cosmos'],
  ])('%s: it is not sure, and says whose they are too', (_, shapes, family, kin) => {
    const { facts, confidence, evidence } = classifyTensors(tensorsOf(shapes));
    expect(facts, evidence.join('\n')).toMatchObject({ type: 'lora', family });
    expect(confidence).toBeLessThan(0.75);
    expect(evidence.join()).toContain(kin);
  });

  it.each<[what: string, width: number, family: string]>([
    ['AudioLDM 2', 384, 'audioldm'],
    ['SD 2', 320, 'sd2'],
  ])('%s by the width of its blocks', (_, width, family) => {
    const block = 'unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2';
    const shapes = adapter({ [`${block}.to_q`]: [width, width], [`${block}.to_k`]: [width, 1024] }, 'peft');
    expect(classifyTensors(tensorsOf(shapes)).facts).toMatchObject({ type: 'lora', family });
  });
});

it.each([['alpha'], ['lora_down.weight']])(
  'an adapter with %s tensors below a model’s prefix is no model',
  (beside) => {
    const module = 'diffusion_model.blocks.0';
    const parts = ['mlp.layer1', 'mlp.layer2', 'adaln_modulation_cross_attn.1', 'adaln_modulation_cross_attn.2'];
    const shapes = Object.fromEntries(
      parts.flatMap((part) => [
        [`${module}.${part}.lora_down.weight`, [8, 2048]],
        [`${module}.${part}.lora_up.weight`, [8192, 8]],
        [`${module}.${part}.${beside}`, beside === 'alpha' ? [] : [8, 2048]],
      ]),
    );
    expect(classifyTensors(tensorsOf(shapes)).facts.type).toBe('lora');
  },
);

it('a U-Net of SDXL without transformer blocks in the middle is a distilled one', () => {
  const shapes: Shapes = {
    'down_blocks.1.attentions.0.transformer_blocks.9.attn2.to_k.weight': [640, 2048],
    'add_embedding.linear_1.weight': [1280, 2816],
    'up_blocks.0.resnets.0.conv1.weight': [1280, 2560, 3, 3],
    'conv_out.weight': [4, 320, 3, 3],
  };
  expect(classifyTensors(tensorsOf(shapes)).facts).toMatchObject({ baseModel: 'SDXL Distilled' });
  const whole = { ...shapes, 'mid_block.attentions.0.transformer_blocks.0.attn1.to_q.weight': [1280, 1280] };
  expect(classifyTensors(tensorsOf(whole)).facts).toMatchObject({ baseModel: 'SDXL 1.0' });
});

describe('an adapter of layers that many models have', () => {
  const blocks = (last: number): Shapes =>
    adapter(
      Object.fromEntries(
        ['to_q', 'to_k', 'to_v', 'to_out.0'].flatMap((name) =>
          Array.from({ length: last + 1 }, (_, at) => [`transformer_blocks.${at}.attn.${name}`, [2048, 2048] as const]),
        ),
      ),
      'peft',
    );

  it('is sure only where it ends with the last block of the model', () => {
    const whole = classifyTensors(tensorsOf(blocks(53)));
    expect(whole.facts.family, whole.evidence.join('\n')).toBe('hunyuan-video-1.5');
    expect(whole.confidence).toBeGreaterThan(0.75);
    const other = classifyTensors(tensorsOf(blocks(35)));
    expect(other.confidence).toBeLessThan(0.75);
  });

  it('is not sure of a model whose other layers have other sizes', () => {
    const layers: Shapes = adapter(
      {
        'transformer_blocks.18.attn.to_q': [3072, 3072],
        'single_transformer_blocks.37.proj_mlp': [12_288, 3072],
        'transformer_blocks.18.norm1.linear': [18_432, 3072],
        'single_transformer_blocks.37.norm.linear': [9216, 3072],
        context_embedder: [3072, 4096],
      },
      'peft',
    );
    expect(classifyTensors(tensorsOf(layers))).toMatchObject({ facts: { family: 'flux1' }, confidence: 0.95 });
    const narrow = { ...layers, 'context_embedder.lora_A.weight': [8, 3584] };
    expect(classifyTensors(tensorsOf(narrow)).confidence).toBeLessThan(0.75);
  });
});

it.each<[what: string, inputs: number, variant: string | null]>([
  ['a picture to follow', 128, 'control'],
  ['a mask', 384, 'fill'],
  ['nothing more', 64, null],
])('an adapter for FLUX.1 that takes %s says so', (_, inputs, variant) => {
  const modules = { img_in: [3072, inputs], 'double_blocks.18.img_mod.lin': [18_432, 3072] } as const;
  const { facts } = classifyTensors(tensorsOf(adapter(modules, 'peft')));
  expect([facts.type, facts.family, facts.variant ?? null]).toEqual(['lora', 'flux1', variant]);
});

describe('the autoencoder of sound that many models have', () => {
  const oobleck = (kernel: number, channels: number): Shapes => ({
    'encoder.conv1.weight_v': [128, channels, 7],
    'decoder.block.0.snake1.beta': [1, 2048, 1],
    'decoder.block.0.conv_t1.weight_v': [2048, 1024, kernel],
  });
  it.each<[what: string, shapes: Shapes, family: string | null]>([
    ['Stable Audio', oobleck(16, 2), 'stable-audio'],
    ['ACE-Step 1.5', oobleck(20, 2), 'ace-step'],
    ['one of one channel', oobleck(16, 1), null],
    ['other strides', oobleck(14, 2), null],
  ])('is told by strides and channels: %s', (_, shapes, family) => {
    const found = classifyTensors(tensorsOf(shapes));
    expect([found.facts.type, found.facts.family]).toEqual(['vae', family]);
    expect(found.confidence > 0.75).toBe(family !== null);
  });
});
