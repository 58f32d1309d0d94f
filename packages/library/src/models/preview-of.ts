import type { ModelMetadata } from '@modelkeep/core';
import { previewNames } from '@modelkeep/formats';

type Pictured = Pick<ModelMetadata, 'files' | 'cleanedName' | 'format' | 'evictedAt'>;

/**
 * @internal The file that shows a model, by the conventions of apps.
 *
 * @param missing - names of files that are not there
 * @returns undefined where there is none
 */
export function previewOf(model: Pictured, missing: ReadonlySet<string> = new Set()): string | undefined {
  if (model.evictedAt !== undefined) return undefined;
  const names = model.files
    .filter(({ role, name }) => role === 'preview' && !missing.has(name))
    .map(({ name }) => name);
  if (names.length === 0) return undefined;
  const weights = model.files.find(({ role }) => role === 'weights')?.name;
  const stems = [weights, `${previewStem(model)}.safetensors`];
  for (const stem of stems) {
    const [first] = stem === undefined ? [] : previewNames(stem, names);
    if (first !== undefined) return first;
  }
  return undefined;
}

/** @internal What the picture of a model is named after: its one file, the stem of its shards, or else the model. */
export function previewStem({ files, cleanedName, format }: Pictured): string {
  const first = files.find(({ role }) => role === 'weights')?.name;
  if (first === undefined || format === 'diffusers') return cleanedName;
  return first.replace(/\.[^./]+$/u, '').replace(/-\d{5}-of-\d{5}$/u, '');
}
