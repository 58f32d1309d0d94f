import type { Condition, Refinement, Rule } from '../rule.ts';
import { shared, vae } from './vae-rule.ts';

const latent = 'decoder.conv_in.weight';
const encoded = 'encoder.conv_out.weight';

function writtenAs(original: 'bfl' | 'ldm'): readonly (readonly Refinement[])[] {
  return [
    [
      { when: [{ below: ['encoder.down_blocks.#.', 'decoder.up_blocks.#.'] }], facts: { layout: 'diffusers' } },
      { when: [{ below: ['encoder.down.#.', 'decoder.up.#.'] }], facts: { layout: original } },
    ],
  ];
}

const image: Condition = { tensor: latent, rank: 4 };

/** Autoencoders of images. Several families share the commonest ones. */
export const vaeRules: readonly Rule[] = [
  vae('vae-svd', 'svd', [
    { below: ['decoder.up_blocks.#.resnets.#.spatial_res_block.', 'decoder.up.#.block.#.time_stack.'] },
    { has: latent },
  ]),
  vae('vae-flux2', 'flux2', [{ tensor: [latent], axis: 1, is: 32 }, image, { below: 'bn.running_' }], {
    facts: { variant: '32-channel', layout: 'bfl' },
    note: 'Black Forest Labs and diffusers write this autoencoder alike',
  }),
  vae('vae-allegro', 'allegro', [{ below: 'decoder.temp_conv_in.' }, { below: 'encoder.temp_conv_in.' }]),
  vae(
    'vae-dc',
    'sana',
    [{ tensor: latent, axis: 1, is: 32 }, image, { below: ['decoder.up_blocks.#.#.conv', 'decoder.stages.#.'] }],
    {
      facts: { variant: 'dc-ae', layout: 'diffusers' },
      confidence: 0.85,
      note: 'a deep-compression autoencoder of 32 channels',
    },
  ),
  vae(
    'vae-dc-original',
    'sana',
    [
      { below: 'decoder.stages.#.' },
      { below: 'encoder.stages.#.' },
      {
        has: [
          'decoder.project_in.main.conv.weight',
          'decoder.project_in.conv.weight',
          'encoder.project_in.conv.weight',
        ],
      },
    ],
    { facts: { variant: 'dc-ae' }, confidence: 0.85 },
  ),
  vae('vae-hunyuan-image', 'hunyuan-image', [{ tensor: latent, axis: 1, is: 64 }, image], {
    facts: { variant: '64-channel' },
    refine: writtenAs('ldm'),
  }),
  vae(
    'vae-vq',
    null,
    [
      { below: 'quantize.embedding.' },
      { tensor: latent, rank: 4 },
      { has: 'post_quant_conv.weight' },
      { nothingBelow: ['decoder.up.#.attn_#.', 'position_emb'] },
    ],
    { facts: { variant: 'vq' }, ...shared },
  ),
  vae('vae-sd', null, [{ tensor: latent, axis: 1, is: 4 }, image], {
    facts: { variant: '4-channel' },
    refine: writtenAs('ldm'),
    note: 'SD 1, SD 2 and SDXL share this autoencoder: its family is ambiguous',
    ...shared,
  }),
  vae(
    'vae-sd-encoder',
    null,
    [{ tensor: encoded, axis: 0, is: 8 }, { has: 'encoder.conv_in.weight' }, { lacks: latent }],
    {
      facts: { variant: '4-channel' },
      refine: writtenAs('ldm'),
      note: 'the encoder alone, as SD 1, SD 2 and SDXL have it',
      ...shared,
    },
  ),
  vae('vae-16', null, [{ tensor: latent, axis: 1, is: 16 }, image], {
    facts: { variant: '16-channel' },
    refine: writtenAs('bfl'),
    note: 'FLUX.1 and SD 3 share this autoencoder: its family is ambiguous',
    ...shared,
  }),
  vae('vae-stable-cascade', 'stable-cascade', [{ has: 'vquantizer.codebook.weight' }], {
    facts: { variant: 'stage-a' },
  }),
  vae('vae-stable-cascade-c', 'stable-cascade', [{ below: 'backbone.#.' }, { has: 'mapper.0.weight' }], {
    facts: { variant: 'stage-c-encoder' },
  }),
  ...(
    [
      [4, 'taesd', null],
      [16, 'taef1', null],
      [32, 'taef2', 'flux2'],
      [128, 'taef2', 'flux2'],
    ] as const
  ).map(([channels, variant, family]) =>
    vae(
      `vae-tiny-${channels}`,
      family,
      [
        { tensor: ['taesd_decoder.1.weight', 'decoder.layers.0.weight', 'decoder.1.weight'], axis: 1, is: channels },
        { matches: /^(?:taesd_decoder\.#|decoder\.layers\.#|decoder\.#)\.conv\.#\.weight$/ },
      ],
      { facts: { variant }, ...shared, note: 'a tiny autoencoder: its family is that of the model it previews' },
    ),
  ),
  ...[4, 16].map((channels) =>
    vae(
      `vae-tiny-half-${channels}`,
      null,
      [
        { only: /^#\.(?:conv\.#\.|skip\.)?(?:weight|bias)$/ },
        { has: '#.conv.#.weight' },
        { tensor: ['0.weight', '1.weight', '12.weight', '14.weight'], axis: 1, is: [channels, 3] },
        { tensor: /^#\.weight$/, axis: 1, is: channels },
      ],
      { facts: { variant: channels === 4 ? 'taesd' : 'taef1' }, ...shared },
    ),
  ),
  vae('vae-tiny', null, [{ below: ['taesd_decoder.', 'taesd_encoder.'] }], { facts: { variant: 'taesd' }, ...shared }),
];
