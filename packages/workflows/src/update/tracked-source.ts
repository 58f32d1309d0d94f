import type { ModelFile, ModelRecord } from '@modelkeep/core';
import type { TrackedSource } from './update-check.ts';

/** @internal The repo that the weights of a model come from; null where there is none. */
export function trackedSource({ files, place }: ModelRecord): TrackedSource | null {
  if (place.kind !== 'library') return null;
  for (const { role, source } of files) {
    if (role !== 'weights' || source?.provider !== 'hf') continue;
    const { endpoint, repo, revision } = source;
    if (endpoint !== null && repo !== null && revision !== null) return { endpoint, repo, revision };
  }
  return null;
}

/** @internal The files of a model that come from a repo: what others have added to it is theirs. */
export function filesFrom({ files }: ModelRecord, { endpoint, repo }: TrackedSource): readonly ModelFile[] {
  return files.filter(
    ({ source }) => source?.provider === 'hf' && source.endpoint === endpoint && source.repo === repo,
  );
}
