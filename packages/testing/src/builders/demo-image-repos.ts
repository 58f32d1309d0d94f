import type { RepoDefinition } from '../hub/repo-definition.ts';
import { diffusersFiles } from './demo-diffusers.ts';
import { buildClipL, buildFluxLora, buildFluxModel, buildSdxlCheckpoint, buildT5Xxl, buildVae } from './model-files.ts';
import { buildPickleCheckpoint } from './pickle.ts';
import { buildReadme } from './repo-texts.ts';

/** The token that may read `acme/gated-flux`. */
export const demoGatedToken = 'hf_demoTokenOfTheLocalHub';

/** @internal A diffusion model with its text encoders and its VAE in files of their own. */
export function fluxRepo(scale: number): RepoDefinition {
  const text = 'A text-to-image model of random weights: diffusion model, text encoders and VAE in files of their own.';
  return {
    id: 'acme/tiny-flux',
    licence: 'apache-2.0',
    pipelineTag: 'text-to-image',
    libraryName: 'diffusers',
    tags: ['flux', 'image-generation'],
    files: [
      {
        path: 'README.md',
        content: buildReadme({
          title: 'Tiny FLUX',
          licence: 'apache-2.0',
          pipelineTag: 'text-to-image',
          tags: ['flux', 'image-generation'],
          text,
        }),
      },
      { path: 'flux1-dev.safetensors', content: buildFluxModel({ scale, fillSeed: 11 }) },
      { path: 'text_encoders/clip_l.safetensors', content: buildClipL({ scale, fillSeed: 12 }) },
      { path: 'text_encoders/t5xxl_fp16.safetensors', content: buildT5Xxl({ scale, fillSeed: 13 }) },
      { path: 'vae/ae.safetensors', content: buildVae({ kind: 'flux', scale, fillSeed: 14 }) },
    ],
  };
}

/** @internal A checkpoint with all its parts in one file. */
export function sdxlRepo(scale: number): RepoDefinition {
  const metadata = {
    'modelspec.sai_model_spec': '1.0.0',
    'modelspec.architecture': 'stable-diffusion-xl-v1-base',
    'modelspec.title': 'Tiny SDXL',
    'modelspec.license': 'CreativeML Open RAIL++-M',
  };
  return {
    id: 'acme/tiny-sdxl',
    licence: 'openrail++',
    pipelineTag: 'text-to-image',
    tags: ['stable-diffusion-xl'],
    files: [
      {
        path: 'README.md',
        content: buildReadme({
          title: 'Tiny SDXL',
          licence: 'openrail++',
          pipelineTag: 'text-to-image',
          tags: ['stable-diffusion-xl'],
          text: 'A checkpoint of random weights with all its parts in one file.',
        }),
      },
      { path: 'tiny-sdxl.safetensors', content: buildSdxlCheckpoint({ scale, fillSeed: 21, metadata }) },
    ],
  };
}

/** @internal A LoRA with a trainer's metadata. */
export function loraRepo(scale: number): RepoDefinition {
  return {
    id: 'acme/flux-thickline-lora',
    licence: 'mit',
    pipelineTag: 'text-to-image',
    tags: ['lora', 'flux'],
    baseModels: ['acme/tiny-flux'],
    files: [
      {
        path: 'README.md',
        content: buildReadme({
          title: 'Thick lines for FLUX',
          licence: 'mit',
          tags: ['lora', 'flux'],
          baseModel: 'acme/tiny-flux',
          text: 'A LoRA of random weights. Trigger word: `thickline`.',
        }),
      },
      { path: 'thickline.safetensors', content: buildFluxLora({ scale, fillSeed: 31 }) },
    ],
  };
}

/** @internal A pipeline in the folder layout of diffusers. */
export function diffusersRepo(scale: number): RepoDefinition {
  return {
    id: 'acme/tiny-diffusers',
    licence: 'apache-2.0',
    pipelineTag: 'text-to-image',
    libraryName: 'diffusers',
    tags: ['diffusers'],
    files: diffusersFiles(scale),
  };
}

/** @internal A gated repo. Its VAE has the same bytes as the one of `acme/tiny-flux`. */
export function gatedRepo(scale: number): RepoDefinition {
  return {
    id: 'acme/gated-flux',
    gated: 'auto',
    grantedTokens: [demoGatedToken],
    licence: 'other',
    pipelineTag: 'text-to-image',
    tags: ['flux'],
    files: [
      {
        path: 'README.md',
        content: buildReadme({
          title: 'Gated FLUX',
          licence: 'other',
          text: 'Accept the conditions to read the files.',
        }),
      },
      { path: 'flux1-gated.safetensors', content: buildFluxModel({ scale: scale / 6, fillSeed: 61 }) },
      { path: 'ae.safetensors', content: buildVae({ kind: 'flux', scale, fillSeed: 14 }) },
    ],
  };
}

/** @internal A checkpoint in the pickle format. */
export function pickleRepo(scale: number): RepoDefinition {
  const elements = Math.max(64, Math.round(131_072 * scale));
  const tensors = {
    'model.diffusion_model.input_blocks.0.0.weight': elements,
    'cond_stage_model.transformer.text_model.final_layer_norm.weight': 768,
    'first_stage_model.decoder.conv_in.weight': elements,
  };
  return {
    id: 'acme/old-checkpoint',
    licence: 'creativeml-openrail-m',
    tags: ['stable-diffusion'],
    files: [
      {
        path: 'README.md',
        content: buildReadme({
          title: 'Old checkpoint',
          licence: 'creativeml-openrail-m',
          text: 'A checkpoint in the pickle format.',
        }),
      },
      { path: 'old-checkpoint.ckpt', content: buildPickleCheckpoint({ tensors, fillSeed: 81 }) },
    ],
  };
}
