import type { ModelType } from '@modelkeep/core';
import type { UnmappedTypes } from './app-profile.ts';

/** @internal */
export const unknownType: UnmappedTypes = {
  types: ['unknown'],
  reason: 'the type of this model is not known: set it in its overrides to map it',
};

/** @internal What apps for images do not run. */
export function languageModels(app: string): UnmappedTypes {
  return { types: ['llm', 'mmproj'], reason: `${app} runs no language models` };
}

const imageTypes: readonly ModelType[] = [
  'checkpoint',
  'diffusion-model',
  'lora',
  'vae',
  'text-encoder',
  'clip-vision',
  'controlnet',
  't2i-adapter',
  'ip-adapter',
  'style-model',
  'embedding',
  'hypernetwork',
  'upscaler',
  'motion-module',
];

/** @internal What apps for language models do not run. */
export function imageModels(app: string, except: readonly ModelType[] = []): UnmappedTypes {
  return {
    types: imageTypes.filter((type) => !except.includes(type)),
    reason: `${app} runs language models only`,
  };
}
