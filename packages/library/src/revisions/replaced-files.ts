import type { ModelFile, ModelMetadata } from '@modelkeep/core';

/**
 * @internal What a model keeps of the files that newer ones have taken the place of: each content once, and none that
 * stands among its files.
 *
 * @returns `present.replaced` itself where nothing was replaced
 */
export function replacedFiles(
  present: Pick<ModelMetadata, 'files' | 'replaced'>,
  files: readonly ModelFile[],
): readonly ModelFile[] | undefined {
  const kept = new Set(files.map(({ sha256 }) => sha256));
  const known = present.replaced ?? [];
  const replaced = new Map<string, ModelFile>();
  for (const file of [...known, ...present.files]) if (!kept.has(file.sha256)) replaced.set(file.sha256, file);
  const isSame = replaced.size === known.length && known.every(({ sha256 }) => replaced.has(sha256));
  if (isSame) return present.replaced;
  return replaced.size === 0 ? undefined : [...replaced.values()];
}
