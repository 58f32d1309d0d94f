import type { Condition, Rule } from '../rule.ts';

function attention(name: string, width: number): Condition {
  return { tensor: `${name}.transformer_blocks.0.attn2.to_k.weight`, axis: 1, is: width };
}

/** ControlNets of the U-Nets: in the original names (below `control_model.` or bare) and in those of diffusers. */
function unetControlNets(): readonly Rule[] {
  return (
    [
      ['sd1', '1.1', '0.attentions.0', 768],
      ['sd2', '1.1', '0.attentions.0', 1024],
      ['sdxl', '4.1', '1.attentions.0', 2048],
    ] as const
  ).flatMap(([family, block, diffusersBlock, width]): readonly Rule[] => {
    const union = [
      [{ when: [{ has: ['control_add_embedding.linear_1.bias', 'task_embedding'] }], facts: { variant: 'union' } }],
    ] as const;
    return [
      {
        id: `controlnet-${family}`,
        when: [{ has: 'zero_convs.0.0.weight' }, attention(`input_blocks.${block}`, width)],
        facts: { type: 'controlnet', family },
        refine: union,
      },
      {
        id: `controlnet-${family}-diffusers`,
        when: [{ has: 'controlnet_cond_embedding.conv_in.weight' }, attention(`down_blocks.${diffusersBlock}`, width)],
        facts: { type: 'controlnet', family },
        refine: union,
      },
    ];
  });
}

/** What steers a diffusion model from beside it. */
export const controlRules: readonly Rule[] = [
  ...unetControlNets(),
  {
    id: 'controlnet-unet',
    when: [{ has: ['zero_convs.0.0.weight', 'controlnet_cond_embedding.conv_in.weight'] }],
    facts: { type: 'controlnet', family: null },
  },
  {
    id: 'control-lora',
    when: [{ has: 'lora_controlnet' }],
    facts: { type: 'controlnet', family: null, variant: 'control-lora' },
  },
  {
    id: 'controlnet-qwen-image',
    when: [{ has: 'controlnet_blocks.0.weight' }, { has: 'transformer_blocks.0.img_mlp.net.0.proj.weight' }],
    facts: { type: 'controlnet', family: 'qwen-image' },
  },
  {
    id: 'controlnet-sd3',
    when: [{ has: 'controlnet_blocks.0.weight' }, { has: 'pos_embed_input.proj.weight' }],
    facts: { type: 'controlnet', family: 'sd3' },
  },
  {
    id: 'controlnet-flux1-xlabs',
    when: [
      { has: 'controlnet_blocks.0.weight' },
      { has: 'double_blocks.0.img_attn.qkv.weight' },
      { tensor: 'txt_in.weight', axis: 1, is: 4096 },
    ],
    facts: { type: 'controlnet', family: 'flux1' },
  },
  {
    id: 'controlnet-flux1',
    when: [
      { has: 'controlnet_x_embedder.weight' },
      { has: ['transformer_blocks.0.attn.add_k_proj.weight', 'single_transformer_blocks.0.proj_mlp.weight'] },
      { tensor: 'context_embedder.weight', axis: 1, is: 4096 },
    ],
    facts: { type: 'controlnet', family: 'flux1' },
    refine: [[{ when: [{ matches: /^controlnet_mode_embedder\./ }], facts: { variant: 'union' } }]],
  },
  {
    id: 'controlnet',
    when: [{ has: ['controlnet_blocks.0.weight', 'controlnet_x_embedder.weight'] }],
    facts: { type: 'controlnet', family: null },
  },
  {
    id: 'controllite-sdxl',
    when: [{ matches: /^lllite_unet_/ }],
    facts: { type: 'controlnet', family: 'sdxl', variant: 'lllite' },
  },
  {
    id: 'controllite-anima',
    when: [{ matches: /^lllite_dit_blocks_/ }],
    facts: { type: 'controlnet', family: 'anima', variant: 'lllite' },
  },
  {
    id: 't2i-adapter',
    when: [{ has: 'adapter.body.0.resnets.0.block1.weight' }],
    facts: { type: 't2i-adapter', family: null },
  },
  ...(
    [
      ['sd1', 768],
      ['sd2', 1024],
      ['sdxl', 2048],
    ] as const
  ).map(([family, width]): Rule => ({
    id: `ip-adapter-${family}`,
    when: [{ matches: /^image_proj\./ }, { tensor: 'ip_adapter.1.to_k_ip.weight', axis: 1, is: width }],
    facts: { type: 'ip-adapter', family },
  })),
  {
    id: 'ip-adapter-flux1-xlabs',
    when: [{ matches: /^double_blocks\.\d+\.processor\.ip_adapter_double_stream_k_proj/ }],
    facts: { type: 'ip-adapter', family: 'flux1' },
  },
  {
    id: 'flux1-redux',
    when: [{ has: 'redux_down.weight' }, { has: 'redux_up.weight' }],
    facts: { type: 'style-model', family: 'flux1' },
  },
];
