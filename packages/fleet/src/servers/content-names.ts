import { comparablePath, type ComparablePath } from '@modelkeep/core';
import type { CheckedItem } from './check-inventory.ts';

/** For engines: A name that means a content. */
export interface ContentName {
  readonly ref: string;
  /** `''`: whatever revision. */
  readonly revision: string;
}

/** For engines: A path that a content is found by, in the form in which paths are compared. */
export interface ContentPath {
  /** The last segment. */
  readonly name: string;
  readonly path: string;
  readonly isAbsolute: boolean;
}

/** For engines. */
export function refOfHub(repo: string, path: string): string {
  // The hub finds repos whatever the case of their names; paths it tells apart.
  return `hf:${repo.toLowerCase()}/${path}`;
}

/** For engines. */
export function refOfCivitai(versionId: number): string {
  return `civitai:${versionId}`;
}

/** For engines. */
export function namesOf({ sources, civitaiVersionId }: CheckedItem): ContentName[] {
  const hub = sources.flatMap(({ repo, path, revision, commit }) => {
    const revisions = new Set(['', revision ?? '', commit ?? '']);
    return [...revisions].map((one) => ({ ref: refOfHub(repo, path), revision: one }));
  });
  return civitaiVersionId === null ? hub : [...hub, { ref: refOfCivitai(civitaiVersionId), revision: '' }];
}

/** For engines. */
export function pathsOf({ path, aliases }: CheckedItem): ContentPath[] {
  return [path, ...aliases].flatMap((text) => {
    const comparable = comparablePath(text);
    return comparable === null ? [] : [contentPath(comparable)];
  });
}

/** For engines. */
export function contentPath({ segments, isAbsolute }: ComparablePath): ContentPath {
  return { name: segments.at(-1) ?? '', path: segments.join('/'), isAbsolute };
}
