import type { Rule } from '../rule.ts';

const latent = 'decoder.conv_in.weight';

/** Autoencoders. Several families share the commonest ones. */
export const vaeRules: readonly Rule[] = [
  {
    id: 'vae-flux2',
    when: [{ tensor: latent, axis: 1, is: 32 }, { tensor: latent, rank: 4 }, { has: 'bn.running_mean' }],
    facts: { type: 'vae', family: 'flux2', variant: '32-channel' },
  },
  {
    id: 'vae-sd',
    when: [{ tensor: latent, axis: 1, is: 4 }, { tensor: latent, rank: 4 }, { has: 'encoder.conv_in.weight' }],
    facts: { type: 'vae', family: null, variant: '4-channel' },
    note: 'SD 1, SD 2 and SDXL share this autoencoder: its family is ambiguous',
    confidence: 0.7,
  },
  {
    id: 'vae-16',
    when: [{ tensor: latent, axis: 1, is: 16 }, { tensor: latent, rank: 4 }, { has: 'encoder.conv_in.weight' }],
    facts: { type: 'vae', family: null, variant: '16-channel' },
    note: 'FLUX.1 and SD 3 share this autoencoder: its family is ambiguous',
    confidence: 0.7,
  },
  {
    id: 'vae-wan22',
    when: [
      { has: ['decoder.upsamples.0.upsamples.0.residual.2.weight', 'decoder.up_blocks.0.resnets.0.conv1.weight'] },
      { tensor: /^decoder\.(conv1|conv_in)\.weight$/, axis: 1, is: 48 },
    ],
    facts: { type: 'vae', family: 'wan', variant: '48-channel' },
  },
  ...['decoder.conv1.weight', latent].map((name): Rule => ({
    id: `vae-wan21-${name}`,
    when: [
      { tensor: name, rank: 5 },
      { tensor: name, axis: 1, is: 16 },
    ],
    facts: { type: 'vae', family: null, variant: '16-channel-video' },
    note: 'Wan 2.1 and Qwen-Image share this autoencoder: its family is ambiguous',
    confidence: 0.7,
  })),
  {
    id: 'vae-hunyuan-video',
    when: [{ has: 'decoder.conv_in.conv.weight' }, { has: 'encoder.conv_in.conv.weight' }],
    facts: { type: 'vae', family: null },
    note: 'a video autoencoder of causal convolutions',
    confidence: 0.7,
  },
  {
    id: 'taesd',
    when: [{ has: 'taesd_decoder.1.weight' }],
    facts: { type: 'vae', family: null, variant: 'taesd' },
    confidence: 0.7,
  },
];
