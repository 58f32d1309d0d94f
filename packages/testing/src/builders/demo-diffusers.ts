import type { RepoFile } from '../hub/repo-definition.ts';
import { diffusersFluxShapes } from './layouts/diffusers-flux.ts';
import { buildClipL, buildT5Xxl, buildVae } from './model-files.ts';
import { buildReadme, buildTokenizer, buildTokenizerConfig, jsonBytes } from './repo-texts.ts';
import { buildSafetensors } from './safetensors.ts';
import { narrowed, tensorsOf } from './shapes.ts';

/** The files of a pipeline in the folder layout of diffusers. */
export function diffusersFiles(scale: number): readonly RepoFile[] {
  const transformer = narrowed(diffusersFluxShapes(), {
    divisor: Math.max(1, 128 / Math.sqrt(scale)),
    keep: [/^x_embedder\./],
    keepInput: [/^context_embedder\.weight$/],
  });
  return [
    {
      path: 'model_index.json',
      content: jsonBytes({
        _class_name: 'FluxPipeline',
        _diffusers_version: '0.30.0',
        scheduler: ['diffusers', 'FlowMatchEulerDiscreteScheduler'],
        text_encoder: ['transformers', 'CLIPTextModel'],
        text_encoder_2: ['transformers', 'T5EncoderModel'],
        tokenizer: ['transformers', 'CLIPTokenizer'],
        transformer: ['diffusers', 'FluxTransformer2DModel'],
        vae: ['diffusers', 'AutoencoderKL'],
      }),
    },
    {
      path: 'scheduler/scheduler_config.json',
      content: jsonBytes({ _class_name: 'FlowMatchEulerDiscreteScheduler', shift: 3 }),
    },
    {
      path: 'text_encoder/config.json',
      content: jsonBytes({ architectures: ['CLIPTextModel'], model_type: 'clip_text_model' }),
    },
    { path: 'text_encoder/model.safetensors', content: buildClipL({ scale: scale / 8, fillSeed: 51 }) },
    { path: 'text_encoder_2/config.json', content: jsonBytes({ architectures: ['T5EncoderModel'], model_type: 't5' }) },
    { path: 'text_encoder_2/model.safetensors', content: buildT5Xxl({ scale: scale / 8, fillSeed: 52 }) },
    { path: 'tokenizer/tokenizer.json', content: buildTokenizer(500) },
    { path: 'tokenizer/tokenizer_config.json', content: buildTokenizerConfig() },
    {
      path: 'transformer/config.json',
      content: jsonBytes({ _class_name: 'FluxTransformer2DModel', guidance_embeds: true, in_channels: 64 }),
    },
    {
      path: 'transformer/diffusion_pytorch_model.safetensors',
      content: buildSafetensors({ tensors: tensorsOf(transformer, 'BF16'), metadata: { format: 'pt' }, fillSeed: 53 }),
    },
    { path: 'vae/config.json', content: jsonBytes({ _class_name: 'AutoencoderKL', latent_channels: 16 }) },
    {
      path: 'vae/diffusion_pytorch_model.safetensors',
      content: buildVae({ kind: 'flux', scale: scale / 8, fillSeed: 54 }),
    },
    {
      path: 'README.md',
      content: buildReadme({
        title: 'Tiny pipeline',
        licence: 'apache-2.0',
        pipelineTag: 'text-to-image',
        libraryName: 'diffusers',
        text: 'A pipeline of random weights in the folder layout of diffusers.',
      }),
    },
  ];
}
