import type { ModelFacts } from '@modelkeep/core';

type Claim = Pick<ModelFacts, 'family' | 'baseModel'>;

/** Architectures as `modelspec.architecture` and `ss_base_model_version` write them. */
const claims: ReadonlyMap<string, Claim> = new Map([
  ['stable-diffusion-v1', { family: 'sd1' }],
  ['sd_v1', { family: 'sd1' }],
  ['sd_1.5', { family: 'sd1', baseModel: 'SD 1.5' }],
  ['stable-diffusion-v2-512', { family: 'sd2' }],
  ['stable-diffusion-v2-768-v', { family: 'sd2' }],
  ['sd_v2', { family: 'sd2' }],
  ['stable-diffusion-xl-v1-base', { family: 'sdxl', baseModel: 'SDXL 1.0' }],
  ['sdxl_base_v1-0', { family: 'sdxl', baseModel: 'SDXL 1.0' }],
  ['sdxl_1.0', { family: 'sdxl', baseModel: 'SDXL 1.0' }],
  ['stable-diffusion-3-medium', { family: 'sd3', baseModel: 'SD 3' }],
  ['stable-diffusion-3.5-medium', { family: 'sd3', baseModel: 'SD 3.5 Medium' }],
  ['stable-diffusion-3.5-large', { family: 'sd3', baseModel: 'SD 3.5 Large' }],
  ['stable-diffusion-3', { family: 'sd3' }],
  ['sd3', { family: 'sd3' }],
  ['flux-1-dev', { family: 'flux1', baseModel: 'Flux.1 D' }],
  ['flux-1-schnell', { family: 'flux1', baseModel: 'Flux.1 S' }],
  ['flux-1', { family: 'flux1' }],
  ['flux1', { family: 'flux1' }],
  ['chroma', { family: 'chroma', baseModel: 'Chroma' }],
  ['lumina-2', { family: 'lumina2', baseModel: 'Lumina' }],
  ['lumina2', { family: 'lumina2', baseModel: 'Lumina' }],
  ['anima-preview', { family: 'anima', baseModel: 'Anima' }],
]);

/** @internal What an architecture's name claims; nothing for a name that is not known. */
export function architectureClaim(name: string | undefined): Claim {
  return (name === undefined ? undefined : claims.get(name.trim().toLowerCase())) ?? {};
}
