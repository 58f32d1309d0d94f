import type { ModelType } from '@modelkeep/core';
import { cleanName, withinLimits } from './clean-name.ts';

/** The first folder of a slug, by type. `unknown` models go to `other`. */
const categories: Readonly<Partial<Record<ModelType, string>>> = {
  checkpoint: 'diffusion',
  'diffusion-model': 'diffusion',
  unknown: 'other',
};

/** Lower case, one `-` between words: for people who look at the folder. */
function slugify(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return cleanName(plain === '' ? 'unnamed' : plain);
}

/**
 * The folder that a new model is put in, chosen once: `<category>/<family>/<name>`.
 *
 * @example chooseSlug({ type: 'llm', family: 'llama', name: 'Llama-3-8B-Instruct-Q4_K_M' })
 * // 'llm/llama/llama-3-8b-instruct-q4-k-m'
 */
export function chooseSlug(model: { type: ModelType; family: string | null; name: string }): string {
  return [categories[model.type] ?? model.type, slugify(model.family ?? 'other'), slugify(model.name)].join('/');
}

/** A slug whose last folder has a suffix, within the limits of a name. */
export function slugWithSuffix(slug: string, suffix: string): string {
  const name = slug.lastIndexOf('/') + 1;
  return slug.slice(0, name) + withinLimits(slug.slice(name), `-${suffix}`);
}

/** Whether a name may be one of the three folders of a slug: what systems put on a drive (`lost+found`) is none. */
export function isSlugSegment(name: string): boolean {
  return /^[\p{L}\p{M}\p{N}\-_][\p{L}\p{M}\p{N}\-_.]*$/u.test(name);
}

/** Whether a text read back from disk may be a model's folder. */
export function isSlug(text: string): boolean {
  const segments = text.split('/');
  return segments.length === 3 && segments.every((segment) => isSlugSegment(segment));
}
