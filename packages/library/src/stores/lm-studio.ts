import { relative, sep } from 'node:path';
import { extensionOf, type ModelSource } from '@modelkeep/core';
import type { WalkedFolder } from '@modelkeep/io';
import { isBelow } from '../external/external-place.ts';
import { variantStem } from '../grouping/variant-stem.ts';

/** @internal Where the files of a folder come from, as far as the folder tells. */
export interface UnitOrigin {
  readonly sourceGroup: string | null;
  readonly sourceOf: (path: string, official: string) => ModelSource;
}

const nowhere: UnitOrigin = {
  sourceGroup: null,
  sourceOf: (path) => ({ provider: 'local', endpoint: null, repo: null, revision: null, commit: null, path }),
};

/**
 * @internal LM Studio keeps `<publisher>/<model>/<files>`, named like the repo on the Hub. A root counts as such where every
 * model stands two folders deep; a folder in it, where its files are named after it too: any two folders could be called
 * a publisher and a model.
 */
export function createOrigins(
  roots: readonly string[],
  walked: ReadonlyMap<string, WalkedFolder>,
): (unit: string, files: readonly { readonly name: string }[]) => UnitOrigin {
  const studios = roots.filter((root) => isStudio(root, walked));
  return (unit, files) => {
    const root = studios.find((one) => isBelow(one, unit));
    if (root === undefined) return nowhere;
    const [publisher, model] = relative(root, unit).split(sep);
    if (publisher === undefined || model === undefined || !isNamedAfter(model, files)) return nowhere;
    const repo = `${publisher}/${model}`;
    if (!/^[\w.-]+\/[\w.-]+$/u.test(repo)) return nowhere;
    return {
      sourceGroup: `hf:${repo}`,
      sourceOf: (_path, official) => ({
        provider: 'hf',
        endpoint: null,
        repo,
        revision: null,
        commit: null,
        path: official,
      }),
    };
  };
}

function isStudio(root: string, walked: ReadonlyMap<string, WalkedFolder>): boolean {
  let models = 0;
  for (const { path, files } of walked.values()) {
    if (files === 0 || !isBelow(root, path)) continue;
    if (relative(root, path).split(sep).length !== 2) return false;
    models += 1;
  }
  return models > 0;
}

function isNamedAfter(model: string, files: readonly { readonly name: string }[]): boolean {
  const plain = (name: string): string => variantStem(name).replace(/[^\p{L}\p{N}]+/gu, '');
  const folder = plain(model.replace(/[-_.](?:gguf|mlx.*|awq|gptq)$/iu, ''));
  if (files.some(({ name }) => name === 'config.json')) return true;
  return files.some(({ name }) => {
    if (extensionOf(name) !== 'gguf') return false;
    const stem = plain(name.slice(0, -'.gguf'.length));
    return folder.length >= 3 && (stem.includes(folder) || folder.includes(stem));
  });
}
