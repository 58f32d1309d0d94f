import { isSha1, type ModelFile, type ModelRecord } from '@modelkeep/core';
import type { Stay } from './evict-report.ts';

/**
 * Whether a file's source is one that can be asked again for exactly these bytes: a commit of a hub, a version on Civitai, or an
 * address.
 */
export function isFetchable({ source }: Pick<ModelFile, 'source'>): boolean {
  if (source === null) return false;
  const { provider, endpoint, repo, commit, revision, path } = source;
  if (provider === 'url') return endpoint !== null && path !== null;
  if (provider === 'civitai') return endpoint !== null && /^[1-9]\d{0,14}$/u.test(revision ?? '');
  return provider === 'hf' && endpoint !== null && repo !== null && commit !== null && isSha1(commit);
}

/** Whether a file was made of the weights, and can be again: a picture that their header holds. */
export function isDerived({ role, source }: Pick<ModelFile, 'role' | 'source'>): boolean {
  return role === 'preview' && source?.provider === 'local' && source.path === null;
}

/** @internal */
export function fetchableStay({ files }: Pick<ModelRecord, 'files'>): Stay | null {
  const file = files.find((one) => !isDerived(one) && !isFetchable(one));
  if (file === undefined) return null;
  return { why: 'not-fetchable', detail: `nobody knows where ${file.name} could be had again` };
}
