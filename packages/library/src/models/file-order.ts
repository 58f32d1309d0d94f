import type { ModelFile } from '@modelkeep/core';

/** @internal Weights first, then by name: an order that does not depend on when a file came. */
export function inFileOrder(files: Iterable<ModelFile>): ModelFile[] {
  return [...files].toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

function rank({ role }: ModelFile): number {
  return role === 'weights' ? 0 : 1;
}

/** @internal The set of weights that makes a model what it is, as one text. */
export function weightsKey(files: readonly ModelFile[]): string {
  return files
    .filter(({ role }) => role === 'weights')
    .map(({ sha256 }) => sha256)
    .toSorted()
    .join(' ');
}
