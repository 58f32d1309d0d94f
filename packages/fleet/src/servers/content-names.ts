import { comparablePath, type ComparablePath } from '@modelkeep/core';
import type { CheckedItem } from './check-inventory.ts';

/** @internal A name that means a content. */
export interface ContentName {
  readonly ref: string;
  /** `''`: whatever revision. */
  readonly revision: string;
}

/** @internal A path that a content is found by, in the form in which paths are compared. */
export interface ContentPath {
  /** The last segment. */
  readonly name: string;
  readonly path: string;
  readonly isAbsolute: boolean;
}

/** @internal */
export function refOfHub(repo: string, path: string): string {
  // The hub finds repos whatever the case of their names; paths it tells apart.
  return `hf:${repo.toLowerCase()}/${path}`;
}

/** @internal */
export function refOfCivitai(versionId: number): string {
  return `civitai:${versionId}`;
}

/** @internal */
export function namesOf({ sources, civitaiVersionId }: CheckedItem): ContentName[] {
  const hub = sources.flatMap(({ repo, path, revision, commit }) => {
    const revisions = new Set(['', revision ?? '', commit ?? '']);
    return [...revisions].map((one) => ({ ref: refOfHub(repo, path), revision: one }));
  });
  return civitaiVersionId === null ? hub : [...hub, { ref: refOfCivitai(civitaiVersionId), revision: '' }];
}

/** @internal */
export function pathsOf({ path, aliases }: CheckedItem): ContentPath[] {
  return [path, ...aliases].flatMap((text) => {
    const comparable = comparablePath(text);
    return comparable === null ? [] : [contentPath(comparable)];
  });
}

/** @internal */
export function contentPath({ segments, isAbsolute }: ComparablePath): ContentPath {
  return { name: segments.at(-1) ?? '', path: segments.join('/'), isAbsolute };
}
