import type { ModelType } from '@modelkeep/core';
import type { Rule } from '../rule.ts';

/** `variant` may carry the number of another way to write the same architecture: `esrgan/2`. */
function restorer(type: ModelType, name: string, ...names: readonly string[]): Rule {
  const [variant = name] = name.split('/');
  return {
    id: `${type}-${name}`,
    when: names.map((has) => ({ has })),
    facts: { type, family: null, variant },
  };
}

const upscaler = (variant: string, ...names: readonly string[]): Rule => restorer('upscaler', variant, ...names);
const face = (variant: string, ...names: readonly string[]): Rule => restorer('face-restore', variant, ...names);
/** Repairs an image and is loaded as upscalers are. */
const image = upscaler;
const group = 'layers.#.residual_group.blocks.#';

/** Upscalers and what apps load like them, and models that restore faces, by the tensors that only they have. */
export const upscalerRules: readonly Rule[] = [
  face('gfpgan', 'toRGB.0.weight', 'stylegan_decoder.style_mlp.1.weight'),
  face('codeformer', 'position_emb', 'idx_pred_layer.1.weight', 'quantize.embedding.weight'),
  face('restoreformer', 'quantize.embedding.weight', 'encoder.conv_in.weight', 'decoder.up.#.attn.#.q.weight'),
  face('gpen', 'ecd0.0.0.weight', 'generator.style.1.weight'),
  upscaler('mm-realsr', 'conv_first.weight', 'body.#.rdb1.conv1.weight', 'de_net.conv_first.0.weight'),
  upscaler('esrgan', 'body.#.rdb1.conv1.weight', 'conv_first.weight', 'conv_body.weight'),
  upscaler('esrgan/2', 'model.1.sub.#.RDB1.conv1.0.weight'),
  upscaler('esrgan/3', 'model.1.sub.#.RDB1.conv1x1.weight'),
  upscaler('esrgan/4', 'RRDB_trunk.#.RDB1.conv1.weight', 'trunk_conv.weight'),
  upscaler('atd', 'relative_position_index_SA', 'layers.#.residual_group.layers.#.attn_atd.scale'),
  upscaler('hat', 'relative_position_index_SA', `${group}.norm1.weight`),
  upscaler('srformer', `${group}.attn.aligned_relative_position_index`),
  upscaler('swin2sr', `${group}.norm1.weight`, 'patch_embed.proj.weight', `${group}.attn.relative_position_index`),
  upscaler('swinir', `${group}.norm1.weight`, `${group}.attn.relative_position_index`),
  upscaler('swinir/2', `${group}.norm1.weight`, `${group}.attn.relative_position_bias_table`),
  upscaler('rgt', 'before_RG.1.weight', 'layers.#.blocks.#.gamma'),
  upscaler('dat', 'before_RG.1.weight', 'layers.#.blocks.#.ffn.sg.norm.weight'),
  upscaler('drct', 'layers.#.swin1.norm1.weight', 'layers.#.adjust1.weight'),
  upscaler('craft', 'conv_first.weight', 'layers.#.residual_group.hf_blocks.#.attn.temperature'),
  upscaler('grl', 'norm_start.weight', 'layers.#.blocks.#.attn.window_attn.attn_transform.logit_scale'),
  upscaler('fdat', 'groups.#.blocks.#.inter.cg.1.weight', 'upsampler.MetaUpsample'),
  upscaler('omnisr', 'residual_layer.#.residual_layer.#.layer.#.fn.0.weight'),
  upscaler('plksr', 'feats.0.weight', 'feats.1.refine.weight'),
  upscaler('span', 'block_1.c1_r.sk.weight'),
  upscaler('realcugan', 'unet1.conv1.conv.0.weight', 'unet2.conv1.conv.0.weight'),
  upscaler('mosr', 'gblocks.0.weight', 'gblocks.#.norm.weight'),
  upscaler('moesr', 'in_to_dim.weight', 'blocks.#.blocks.#.norm.weight'),
  upscaler('rcan', 'tail.1.weight', 'body.#.body.#.body.3.conv_du.0.weight'),
  upscaler('safmn', 'to_feat.weight', 'feats.#.safm.mfr.#.weight'),
  upscaler('safmn-bcie', 'to_feat.1.weight', 'feats.#.layers.#.safm.mfr.#.weight'),
  upscaler('seemore', 'conv_1.weight', 'body.#.local_block.block.conv_1.0.weight'),
  upscaler('swift-srgan', 'initial.cnn.depthwise.weight', 'final_conv.pointwise.weight'),
  upscaler('ditn', 'sft.weight', 'UFONE.#.ITLs.#.attn.temperature'),
  upscaler('dctlsa', 'fea_conv.weight', 'B1.body.0.transformer_body.0.blocks.0.attn.qkv.weight'),
  upscaler('ipt', 'sub_mean.weight', 'body.encoder.layers.#.self_attn.in_proj_weight'),
  upscaler('aura-sr', 'mid_attn.layers.#.#.to_out.weight', 'final_res_block.block1.proj.weights'),
  upscaler(
    'adacode',
    'multiscale_encoder.in_conv.weight',
    'weight_predictor.blocks.#.swin_blks.#.residual_group.blocks.#.norm1.weight',
  ),
  upscaler('femasr', 'multiscale_encoder.in_conv.weight', 'quantize_group.0.embedding.weight'),
  upscaler('ltx-latent', 'initial_conv.weight', 'res_blocks.#.conv1.weight', 'post_upsample_res_blocks.#.conv1.weight'),
  image('lama', 'model.1.bn_l.running_mean'),
  image('mat', 'synthesis.first_stage.conv_first.conv.resample_filter'),
  image('scunet', 'm_head.0.weight', 'm_tail.0.weight'),
  image('fbcnn', 'm_head.weight', 'qf_pred.0.res.0.weight'),
  image('drunet', 'm_head.weight', 'm_down1.0.res.0.weight', 'm_tail.weight'),
  image('kbnet', 'intro.weight', 'encoders.#.#.attgamma'),
  image('m3snet', 'intro.weight', 'encoders.#.#.beta', 'middle_blks.#.qkv_dwconv.weight'),
  image('nafnet', 'intro.weight', 'ending.weight', 'middle_blks.#.sca.1.weight'),
  image('kbnet/2', 'patch_embed.proj.weight', 'latent.#.ffn.qkv.weight'),
  image('fftformer', 'patch_embed.proj.weight', 'encoder_level1.#.ffn.fft'),
  image('restormer', 'patch_embed.proj.weight', 'encoder_level1.#.attn.qkv_dwconv.weight'),
  image('uformer', 'input_proj.proj.0.weight', 'encoderlayer_0.blocks.#.norm1.weight'),
  image('mprnet', 'shallow_feat1.0.weight', 'stage1_encoder.encoder_level1.#.CA.conv_du.#.weight'),
  image('mirnet2', 'conv_in.weight', 'body.#.body.#.dau_top.body.#.weight'),
  image('mixdehazenet', 'patch_embed.proj.weight', 'layer1.blocks.#.conv3_19.weight'),
  image('retinexformer', 'body.0.estimator.conv1.weight', 'body.0.denoiser.mapping.weight'),
  image('hvi-cidnet', 'HVE_block0.1.weight', 'trans.density_k'),
  image('ddcolor', 'refine_net.0.0.weight_orig', 'encoder.arch.downsample_layers.#.#.weight'),
  image('dncnn', 'model.0.weight', 'model.2.weight', 'model.14.weight'),
  {
    id: 'upscaler-compact',
    when: [
      { has: 'body.0.weight' },
      { has: 'body.1.weight' },
      { only: /^body\.#\.(?:weight|bias)$/ },
      { tensor: 'body.0.weight', rank: 4 },
    ],
    facts: { type: 'upscaler', family: null, variant: 'compact' },
  },
];
