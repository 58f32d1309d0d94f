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
