import type { ModelFacts } from '@modelkeep/core';
import type { GgufValue } from '../gguf/value-types.ts';
import { cleanList, cleanText } from './clean-text.ts';

/** @internal What the `general.*` keys of a GGUF header claim. */
export function ggufClaims(metadata: ReadonlyMap<string, GgufValue>): ModelFacts {
  const text = (key: string): string | undefined => {
    const value = metadata.get(`general.${key}`);
    return typeof value === 'string' ? value : undefined;
  };
  const tags = metadata.get('general.tags');
  const words = typeof tags === 'object' ? (tags.values ?? []).filter((value) => typeof value === 'string') : [];
  return {
    name: cleanText(text('name'), 256) ?? cleanText(text('basename'), 256),
    description: cleanText(text('description'), 10_000),
    tags: cleanList(words),
    licence: cleanText(text('license'), 256),
  };
}
