import { describe, expect, it } from 'vitest';
import { classifyTensors } from '../classify-tensors.ts';
import type { TensorFact } from '../view/tensor-view.ts';

const tensor = (...shape: readonly number[]): TensorFact => ({ dtype: 'F16', shape });
const unet = 'down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k';

/** The two tensors of a LoRA. */
function lora(down: string, up: string): ReadonlyMap<string, TensorFact> {
  return new Map([
    [down, tensor(8, 3072)],
    [up, tensor(3072, 8)],
  ]);
}

describe('how an adapter’s names are written', () => {
  it.each([
    ['kohya', 'lora_unet_double_blocks_0_img_attn_proj.lora_down.weight', 'lora_up.weight'],
    ['kohya', 'lycoris_transformer_blocks_0_attn_to_q.lora_down.weight', 'lora_up.weight'],
    ['onetrainer', 'lora_transformer_single_transformer_blocks_0_attn_to_k.lora_down.weight', 'lora_up.weight'],
    ['ai-toolkit', 'diffusion_model.double_blocks.0.img_attn.proj.lora_A.weight', 'lora_B.weight'],
    ['comfyui', 'diffusion_model.layers.0.attention.out.lora_down.weight', 'lora_up.weight'],
    ['diffusers', 'transformer.transformer_blocks.0.attn.to_q.lora_A.weight', 'lora_B.weight'],
    ['diffusers', 'transformer_blocks.0.attn.to_q.lora_A.default.weight', 'lora_B.default.weight'],
    ['diffusers', 'base_model.model.transformer_blocks.0.attn.to_q.lora_A.weight', 'lora_B.weight'],
    ['peft', 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight', 'lora_B.weight'],
    ['bfl', 'double_blocks.0.img_attn.proj.lora_A.weight', 'lora_B.weight'],
    ['xlabs', 'double_blocks.0.processor.proj_lora1.down.weight', 'up.weight'],
    ['ldm', 'joint_blocks.0.x_block.attn.proj.lora_down.weight', 'lora_up.weight'],
    [null, 'blocks.0.self_attn.q.lora_down.weight', 'lora_up.weight'],
  ])('%s: %s', (layout, down, ending) => {
    const words = ending.split('.');
    const up = [...down.split('.').slice(0, -words.length), ...words].join('.');
    const found = classifyTensors(lora(down, up));
    expect(found.facts.type).toBe('lora');
    expect(found.layout).toBe(layout);
  });
});

describe('the kind of an adapter', () => {
  it.each<readonly [string | null, readonly string[]]>([
    [null, ['lora_down.weight', 'lora_up.weight', 'alpha']],
    ['dora', ['lora_down.weight', 'lora_up.weight', 'dora_scale']],
    ['dora', ['lora_A.weight', 'lora_B.weight', 'lora_magnitude_vector.weight']],
    ['locon', ['lora_down.weight', 'lora_mid.weight', 'lora_up.weight']],
    ['loha', ['hada_w1_a', 'hada_w1_b', 'hada_w2_a', 'hada_w2_b']],
    ['lokr', ['lokr_w1', 'lokr_w2']],
    ['lokr', ['lokr_w1_a', 'lokr_w1_b', 'lokr_w2', 'dora_scale']],
    ['glora', ['a1.weight', 'a2.weight', 'b1.weight', 'b2.weight']],
    ['oft', ['oft_blocks', 'alpha']],
    ['ia3', ['weight', 'on_input']],
    ['full-difference', ['diff', 'diff_b']],
  ])('%s: %j', (kind, endings) => {
    const found = classifyTensors(new Map(endings.map((ending) => [`lora_unet_${unet}.${ending}`, tensor(8, 768)])));
    expect(found.facts.type).toBe('lora');
    expect(found.adapterKind).toBe(kind);
    expect(found.facts.variant ?? null).toBe(kind);
  });

  it('tells BOFT from OFT by the blocks of blocks, and LoCon by convolutions', () => {
    expect(classifyTensors(new Map([[`lora_unet_${unet}.oft_blocks`, tensor(2, 4, 8, 8)]])).adapterKind).toBe('boft');
    const conv = new Map([
      ['lora_unet_down_blocks_0_resnets_0_conv1.lora_down.weight', tensor(8, 320, 3, 3)],
      ['lora_unet_down_blocks_0_resnets_0_conv1.lora_up.weight', tensor(320, 8, 1, 1)],
    ]);
    expect(classifyTensors(conv).adapterKind).toBe('locon');
  });
});
