import type { CivitaiDetails } from '../records/civitai-details.ts';
import type { ModelFacts } from '../records/model-record.ts';
import { familyOfBaseModel, typeOfCivitaiWord } from './civitai-words.ts';

/** What is told beside the details of a version. */
export interface CivitaiFactsOptions {
  /** Plain text. */
  readonly description?: string | null | undefined;
  readonly tags?: readonly string[] | null | undefined;
  readonly licence?: string | null | undefined;
}

/** Words that say of a base model that there is none. */
const NO_BASE_MODEL = new Set(['', 'other', 'unknown', 'upscaler']);

/** The facts that the details of a model on Civitai state. */
export function factsOfCivitai(details: CivitaiDetails, more: CivitaiFactsOptions = {}): ModelFacts {
  const baseModel = details.baseModel ?? '';
  return {
    name: details.modelName,
    type: typeOfCivitaiWord(details.modelType),
    family: familyOfBaseModel(baseModel),
    baseModel: NO_BASE_MODEL.has(baseModel.toLowerCase()) ? null : baseModel,
    description: more.description ?? null,
    tags: someOf(more.tags),
    triggerWords: someOf(details.trainedWords),
    licence: more.licence ?? null,
  };
}

function someOf(words: readonly string[] | null | undefined): readonly string[] | null {
  return words === null || words === undefined || words.length === 0 ? null : words;
}
