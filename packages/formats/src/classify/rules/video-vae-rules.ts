import type { Rule } from '../rule.ts';
import { shared, vae } from './vae-rule.ts';

const latent = 'decoder.conv_in.weight';
const latentOf = (channels: number): Rule['when'][number] => ({
  tensor: /^decoder\.(?:conv1|conv_in)\.weight$/,
  axis: 1,
  is: channels,
});

const oobleck: Rule['when'][number] = {
  matches: /^decoder\.(?:layers\.#\.layers\.#\.beta|block\.#\.snake1\.beta|layers\.#\.layers\.#\.layers\.#\.beta)$/,
};
const weight = '(?:weight|weight_v|parametrizations\\.weight\\.original1)$';
const upsampling = new RegExp(`^decoder\\.(?:block\\.#\\.conv_t1|layers\\.#\\.layers\\.#)\\.${weight}`);
const stereo: Rule['when'][number] = {
  tensor: new RegExp(`^encoder\\.(?:conv1|layers\\.#)\\.${weight}`),
  axis: 1,
  is: 2,
};

/** Autoencoders of video and audio. */
export const videoVaeRules: readonly Rule[] = [
  vae(
    'vae-wan22',
    'wan',
    [{ below: ['decoder.upsamples.#.upsamples.#.residual.', 'decoder.up_blocks.#.'] }, latentOf(48)],
    { facts: { variant: '48-channel' } },
  ),
  vae('vae-wan21', null, [{ tensor: ['decoder.conv1.weight', latent], rank: 5 }, latentOf(16)], {
    facts: { variant: '16-channel-video' },
    refine: [[{ when: [{ below: 'decoder.up_blocks.#.' }], facts: { layout: 'diffusers' } }]],
    note: 'Wan 2.1 and Qwen-Image share this autoencoder: its family is ambiguous',
    ...shared,
  }),
  vae('vae-cogvideox', 'cogvideox', [
    { has: 'decoder.conv_in.conv.weight' },
    { matches: /\.norm1\.conv_y\.conv\.weight$/ },
  ]),
  vae(
    'vae-ltx2-audio',
    'ltx2',
    [{ tensor: 'decoder.conv_in.conv.weight', rank: 4 }, { below: ['encoder.down.#.', 'decoder.up.#.'] }],
    {
      facts: { variant: 'audio', baseModel: 'LTXV2' },
    },
  ),
  vae('vae-ltx2-bundle', 'ltx2', [{ below: 'audio_vae.decoder.' }, { below: 'vocoder.' }], {
    facts: { variant: 'audio', baseModel: 'LTXV2' },
  }),
  vae(
    'vae-ltxv',
    'ltxv',
    [
      { tensor: 'decoder.conv_in.conv.weight', axis: 1, is: 128 },
      { below: ['decoder.last_time_embedder.', 'decoder.time_embedder.', 'decoder.up_blocks.#.time_embedder.'] },
    ],
    { facts: { baseModel: 'LTXV' } },
  ),
  vae('vae-ltx', null, [{ tensor: 'decoder.conv_in.conv.weight', axis: 1, is: 128 }], {
    note: 'LTX-Video and LTX-2 have such an autoencoder: its family is ambiguous',
    ...shared,
  }),
  vae(
    'vae-hunyuan-video-1.5',
    null,
    [{ tensor: 'decoder.conv_in.conv.weight', axis: 1, is: [32, 64] }, { matches: /\.norm(?:1|2|_out)?\.gamma$/ }],
    {
      facts: { variant: '32-channel-video' },
      note: 'Hunyuan Video 1.5 and the refiner of HunyuanImage share this autoencoder: its family is ambiguous',
      ...shared,
    },
  ),
  vae(
    'vae-hunyuan-video',
    'hunyuan-video',
    [
      { tensor: 'decoder.conv_in.conv.weight', axis: 1, is: 16 },
      { below: ['decoder.mid_block.', 'decoder.mid.'] },
      { has: ['quant_conv.weight', 'post_quant_conv.weight'] },
    ],
    { facts: { baseModel: 'Hunyuan Video' } },
  ),
  vae('vae-causal-video', null, [{ has: 'decoder.conv_in.conv.weight' }, { has: 'encoder.conv_in.conv.weight' }], {
    note: 'a video autoencoder of causal convolutions',
    ...shared,
  }),
  vae(
    'vae-mochi',
    'mochi',
    [
      {
        matches:
          /^(?:encoder\.|decoder\.)?(?:layers\.#\.layers\.#\.attn_block\.attn\.qkv|blocks\.#\.blocks\.#\.stack\.#)\.weight$/,
      },
    ],
    { facts: { baseModel: 'Mochi' } },
  ),
  vae('vae-mochi-diffusers', 'mochi', [{ below: 'decoder.block_in.resnets.#.' }, { has: 'decoder.proj_out.weight' }], {
    facts: { baseModel: 'Mochi', layout: 'diffusers' },
  }),
  vae('vae-cosmos', 'cosmos', [
    {
      matches:
        /^(?:encoder|decoder)\.(?:unpatcher3d\._arange|patcher3d\._arange|conv_in\.conv_s\.weight|conv_in\.#\.conv3d\.weight)$/,
    },
  ]),
  vae('vae-seedvr2', 'seedvr2', [{ matches: /^decoder\.up_blocks\.#\.upsamplers\.#\.upscale_conv\./ }]),
  // Its strides show in the kernels, which are twice as long.
  vae('vae-ace-step-1.5', 'ace-step', [oobleck, { tensor: upsampling, axis: 2, is: 20 }, stereo], {
    facts: { variant: 'audio', baseModel: 'ACE Audio' },
  }),
  vae('vae-stable-audio', 'stable-audio', [oobleck, { tensor: upsampling, axis: 2, is: 16 }, stereo], {
    facts: { variant: 'audio' },
  }),
  vae('vae-oobleck', null, [oobleck], {
    ...shared,
    facts: { variant: 'audio' },
    note: 'several models of sound have such an autoencoder',
  }),
  vae(
    'vae-minimax-h3',
    'minimax-h3',
    [
      { has: 'decoder.register_tokens' },
      { below: 'encoder.down_blocks.#.resnets.#.' },
      { has: 'decoder.proj_in.weight' },
    ],
    { facts: { baseModel: 'MiniMax H3' } },
  ),
  vae('vae-ace-step', 'ace-step', [{ below: 'dcae.' }, { below: 'vocoder.' }], {
    facts: { variant: 'audio', baseModel: 'ACE Audio' },
  }),
  vae('vae-hunyuan3d', 'hunyuan3d', [{ below: 'geo_decoder.' }, { below: ['transformer.resblocks.#.', 'post_kl.'] }], {
    facts: { baseModel: 'Hunyuan3D' },
  }),
];
