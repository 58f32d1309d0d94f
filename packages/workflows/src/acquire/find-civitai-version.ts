import type { CivitaiClient, CivitaiVersion } from '@modelkeep/civitai-client';
import { ModelkeepError } from '@modelkeep/core';
import type { CivitaiReference } from '@modelkeep/hf-client';

/** @internal A version, and what its model's page says where that was read. */
export interface FoundVersion {
  readonly version: CivitaiVersion;
  readonly tags: readonly string[];
  readonly description: string | null;
}

/**
 * @internal The version that a reference means: of a model its newest that is free for all, or its newest where none is.
 *
 * @throws `civitai.*`, `network.*`
 */
export async function findCivitaiVersion(
  civitai: CivitaiClient,
  { modelId, versionId }: CivitaiReference,
  signal?: AbortSignal,
): Promise<FoundVersion> {
  if (versionId !== null) {
    return { version: await civitai.version(versionId, { signal }), tags: [], description: null };
  }
  const model = await civitai.model(modelId ?? 0, { signal });
  const version = model.versions.find(({ state }) => state === 'available') ?? model.versions[0];
  if (version !== undefined) return { version, tags: model.tags, description: model.description };
  const url = `${civitai.endpoint}/models/${model.id}`;
  throw new ModelkeepError('civitai.not-found', {
    message: `the model ${model.id} on Civitai has no version`,
    facts: { what: 'version', id: null, status: 200, url },
  });
}

/** @internal @throws `civitai.removed` for a version whose files are gone */
export function refuseRemoved({ id, state }: Pick<CivitaiVersion, 'id' | 'state'>, url: string): void {
  if (state === 'archived' || state === 'taken-down') throw removedError({ id }, state, url);
}

/** @internal */
export function removedError(
  { id }: Pick<CivitaiVersion, 'id'>,
  state: 'archived' | 'taken-down',
  url: string,
): ModelkeepError<'civitai.removed'> {
  const what = state === 'archived' ? 'was archived: its files are gone' : 'was taken down';
  return new ModelkeepError('civitai.removed', {
    message: `version ${id} on Civitai ${what}`,
    facts: { what: 'version', id, state, status: 410, url },
  });
}
