import { describe, expect, it } from 'vitest';
import { classifyTensors } from './classify-tensors.ts';
import { adapter, tensorsOf, type Shapes } from './shapes.test-helper.ts';

/** Below it an answer says itself that it is not sure. */
const CONFIDENT = 0.75;
const told = (shapes: Shapes) => classifyTensors(tensorsOf(shapes));

const pixart: Shapes = {
  't_block.1.weight': [6912, 1152],
  'blocks.0.cross_attn.kv_linear.weight': [2304, 1152],
  'x_embedder.proj.weight': [1152, 4, 2, 2],
};
const pixartDiffusers: Shapes = {
  'pos_embed.proj.weight': [1152, 4, 2, 2],
  'adaln_single.emb.timestep_embedder.linear_1.bias': [1152],
  'transformer_blocks.0.attn2.to_k.weight': [1152, 1152],
  'caption_projection.linear_1.weight': [1152, 4096],
};

describe('PixArt', () => {
  it.each<[what: string, shapes: Shapes, variant: string | null]>([
    ['is neither alpha nor sigma where both have its tensors', pixartDiffusers, null],
    ['is so in its own names too', pixart, null],
    [
      'is alpha where it takes the size of the picture',
      { ...pixartDiffusers, 'adaln_single.emb.resolution_embedder.linear_1.weight': [384, 256] },
      'alpha',
    ],
    ['is alpha by 120 tokens', { ...pixart, 'y_embedder.y_embedding': [120, 4096] }, 'alpha'],
    ['is sigma by 300 tokens', { ...pixart, 'y_embedder.y_embedding': [300, 4096] }, 'sigma'],
    ['is alpha by its size, in its own names', { ...pixart, 'csize_embedder.mlp.0.weight': [384, 256] }, 'alpha'],
  ])('%s', (_, shapes, variant) => {
    const { facts } = told(shapes);
    expect(facts).toMatchObject({ family: 'pixart' });
    expect(facts.variant ?? null).toBe(variant);
    if (variant === null) expect(facts.baseModel ?? null).toBeNull();
  });

  it('is not Latte, which has all its layers and more', () => {
    const latte = {
      ...pixartDiffusers,
      'temporal_transformer_blocks.0.attn1.to_q.weight': [1152, 1152],
      'temporal_transformer_blocks.0.ff.net.2.weight': [1152, 4608],
    };
    expect(told(latte).facts.family).toBe('latte');
  });
});

describe('Wan', () => {
  const wan = (width: number, inputs: number, more: Shapes = {}): Shapes => ({
    'patch_embedding.weight': [width, inputs, 1, 2, 2],
    'text_embedding.0.weight': [width, 4096],
    'blocks.0.self_attn.q.weight': [width, width],
    'head.modulation': [1, 2, width],
    ...more,
  });
  const image = { 'img_emb.proj.1.weight': [1280, 1280] };

  it.each<[what: string, shapes: Shapes, variant: string | null]>([
    ['text to video of 14B', wan(5120, 16), 't2v-14b'],
    ['an image to begin with', wan(5120, 36, image), '2.1-i2v'],
    ['Fun Control 1.3B, which sees an image too', wan(1536, 48, image), 'fun-control'],
    ['Fun Control 14B', wan(5120, 48, image), 'fun-control'],
    ['Fun Control A14B', wan(5120, 52, { 'ref_conv.weight': [5120, 16, 2, 2] }), 'fun-control'],
    ['Fun Control 5B', wan(3072, 148), 'fun-control'],
    ['Fun InP 5B', wan(3072, 100), 'fun-inpaint'],
    ['TI2V 5B, whose latents have 48 channels', wan(3072, 48), '2.2-ti2v-5b'],
    ['a model of another width', wan(4096, 16), null],
  ])('%s', (_, shapes, variant) => {
    const { facts } = told(shapes);
    expect([facts.family, facts.variant ?? null]).toEqual(['wan', variant]);
  });

  it('is not Helios, which has its blocks and looks at history in three scales', () => {
    const blocks = {
      'patch_embedding.weight': [5120, 16, 1, 2, 2],
      'condition_embedder.text_embedder.linear_1.weight': [5120, 4096],
      'blocks.0.attn1.to_q.weight': [5120, 5120],
    };
    expect(told(blocks).facts.family).toBe('wan');
    const history = { 'patch_short.weight': [5120, 16, 1, 2, 2], 'patch_long.weight': [5120, 16, 4, 8, 8] };
    expect(told({ ...blocks, ...history }).facts.family).toBe('helios');
  });
});

it('a mixture of experts with the text input of Qwen-Image is another model', () => {
  const shapes = {
    'img_in.weight': [2048, 64],
    'txt_norm.weight': [3584],
    'time_text_embed.norm.weight': [2048],
    'transformer_blocks.0.encoder_proj.weight': [2048, 3584],
    'transformer_blocks.0.attn.add_k_proj.weight': [2048, 2048],
    'transformer_blocks.0.img_mlp.net.0.proj.weight': [10_752, 2048],
  };
  expect(told(shapes).facts.family).toBe('nucleus-image');
});

it('the autoencoder of Hunyuan Video 1.5 is that of the refiner of HunyuanImage as well', () => {
  const found = told({
    'decoder.conv_in.conv.weight': [1024, 32, 3, 3, 3],
    'encoder.conv_in.conv.weight': [128, 3, 3, 3, 3],
    'decoder.up_blocks.0.resnets.0.norm1.gamma': [1024, 1, 1, 1],
  });
  expect(found).toMatchObject({ facts: { type: 'vae', family: null } });
  expect(found.confidence).toBeLessThan(CONFIDENT);
});

describe('a shard by itself', () => {
  const block = (width: number): Shapes =>
    Object.fromEntries(
      ['to_q', 'to_k', 'to_v', 'to_out.0', 'add_q_proj', 'add_k_proj', 'add_v_proj', 'to_add_out'].map((name) => [
        `transformer_blocks.20.attn.${name}.weight`,
        [width, width],
      ]),
    );

  it('of SD 3.5 Medium without its doubled attention is not told as SD 3 for sure', () => {
    const { facts, confidence } = told({
      ...block(1536),
      'transformer_blocks.20.norm1_context.linear.weight': [9216, 1536],
      'transformer_blocks.20.ff.net.2.weight': [1536, 6144],
    });
    expect(confidence).toBeLessThan(CONFIDENT);
    expect(facts.baseModel ?? null).toBeNull();
  });

  it.each<[what: string, shapes: Shapes, variant: string | null]>([
    ['the blocks 12 and up', { 'encoder.block.12.layer.0.SelfAttention.k.weight': [4096, 4096] }, null],
    [
      'with the bias of a later block',
      {
        'encoder.block.12.layer.0.SelfAttention.k.weight': [4096, 4096],
        'encoder.block.12.layer.0.SelfAttention.relative_attention_bias.weight': [32, 64],
      },
      'umt5-xxl',
    ],
  ])('of umT5 is not told as T5: %s', (_, shapes, variant) => {
    const { facts } = told({ ...shapes, 'encoder.block.12.layer.1.DenseReluDense.wi_0.weight': [10_240, 4096] });
    expect(facts.type).toBe('text-encoder');
    expect(facts.variant ?? null).toBe(variant);
  });
});

describe('an adapter', () => {
  const few = ['to_q', 'to_k', 'to_v', 'to_out.0'].flatMap((name) =>
    [0, 1, 2, 3, 4].map((at) => `transformer.transformer_blocks.${at}.attn.${name}`),
  );

  it('of the first blocks of one model is not told for sure as one for a model of so many blocks', () => {
    const found = told(adapter(Object.fromEntries(few.map((name) => [name, [3072, 3072]])), 'peft'));
    expect(found.facts.type).toBe('lora');
    expect(found.confidence).toBeLessThan(CONFIDENT);
  });

  it('of a U-Net of video is not told as one for SD 2', () => {
    const block = 'lora_unet_down_blocks_0';
    const found = told(
      adapter({
        [`${block}_attentions_0_transformer_blocks_0_attn2_to_k`]: [320, 1024],
        [`${block}_temp_attentions_0_transformer_blocks_0_attn1_to_q`]: [320, 320],
      }),
    );
    expect(found.facts).toMatchObject({ type: 'lora', family: null });
  });

  it('of a U-Net that looks at the words of T5 is not told as one for Kolors', () => {
    const found = told(
      adapter({ lora_unet_encoder_hid_proj: [2816, 4096], lora_unet_down_blocks_1_resnets_0_conv1: [704, 704] }),
    );
    expect(found.facts.family).toBeNull();
  });
});

it.each<[what: string, shapes: Shapes]>([
  ['', { '<cat>': [1, 768] }],
  ['of two tokens', { '<cat>': [2, 768], '<dog>': [1, 768] }],
])('a table of tokens %s is for SD 1 only as far as its width tells', (_, shapes) => {
  const { facts, confidence } = told(shapes);
  expect(facts).toMatchObject({ type: 'embedding', family: 'sd1' });
  expect(confidence).toBeLessThan(CONFIDENT);
});
