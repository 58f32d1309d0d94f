import { modelTypes, type ModelType } from '@modelkeep/core';
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

const imageTypes: readonly ModelType[] = modelTypes.filter((type) => !['llm', 'mmproj', 'unknown'].includes(type));

/** @internal Types that only some apps for images have a place for. */
export function otherTypes(app: string, except: readonly ModelType[] = []): UnmappedTypes {
  const types: readonly ModelType[] = ['face-restore', 'photomaker', 'gligen', 'audio-encoder', 'tokenizer'];
  return {
    types: types.filter((type) => !except.includes(type)),
    reason: `${app} has no folder for such models that it lists: it fetches those that it uses`,
  };
}

/** @internal What apps for language models do not run. */
export function imageModels(app: string, except: readonly ModelType[] = []): UnmappedTypes {
  return {
    types: imageTypes.filter((type) => !except.includes(type)),
    reason: `${app} runs language models only`,
  };
}
