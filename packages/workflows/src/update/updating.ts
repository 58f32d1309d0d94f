import type { ModelRecord, Operation } from '@modelkeep/core';
import type { Revisions } from '@modelkeep/library';
import type { RunningOperations } from '../workspace/running-operations.ts';
import { checkUpdates } from './check-updates.ts';
import { releaseVersions, type ReleaseOptions, type ReleaseReport } from './release-versions.ts';
import type { CheckUpdatesOptions, UpdatesReport } from './update-check.ts';
import { updateModel, type UpdateContext, type UpdateOperation, type UpdateOptions } from './update-model.ts';

/** The revisions of models: what their sources have now, and what is here of before. */
export interface Updating extends Pick<Revisions, 'versions' | 'variants' | 'follow'> {
  /**
   * Tells which models have changed at their sources, and what of them. Each repo is asked about once, with the answer of
   * before as condition; what cannot be asked is `unreachable`, and `offline` says so. Changes nothing.
   *
   * `result` rejects with `library.model-not-found`, `library.ambiguous-id`, and with the signal's reason.
   */
  checkUpdates(options?: CheckUpdatesOptions): Operation<UpdatesReport>;
  /**
   * Brings a model to what its source has now. Only what differs is fetched. Where its weights have changed, that is a new
   * version with `supersedes`, and the one of before stays until it is released; newer small files take their places in the
   * model itself, which keeps the old ones until then.
   *
   * `result` rejects with `workflows.no-update` for a model whose source has none, is gone or cannot be asked, and as
   * that of `download`.
   *
   * @example
   * ```ts
   * import { openLibrary } from 'modelkeep';
   *
   * await using library = await openLibrary({ root: '/data/models' });
   * const { models } = await library.checkUpdates().result;
   * for (const { modelId, state, bytesToFetch } of models) {
   *   if (state !== 'outdated') continue;
   *   console.log(modelId, bytesToFetch);
   *   await library.update(modelId, { keepOld: false }).result;
   * }
   * ```
   */
  update(reference: string, options?: UpdateOptions): UpdateOperation;
  /**
   * Gives up the older versions of a model, but for those that are linked, or pinned while the newest is not, and the files
   * that newer ones have taken the place of. Their bytes go with the next collections of unused blobs.
   *
   * @throws `library.model-not-found`, `library.ambiguous-id`, `library.read-only`, `io.*`
   */
  release(reference: string, options?: ReleaseOptions): Promise<ReleaseReport>;
}

/** @internal */
export function createUpdating(context: UpdateContext, operations: RunningOperations): Updating {
  const { store } = context;
  const join = <T extends { readonly signal?: AbortSignal | undefined }>(options: T): T & { signal: AbortSignal } => ({
    ...options,
    signal: operations.join(options.signal),
  });
  return {
    versions: (reference, options = {}) => store.versions(reference, join(options)),
    variants: (reference, options = {}): Promise<readonly ModelRecord[]> => store.variants(reference, join(options)),
    follow: (reference, follow, options = {}) => store.follow(reference, follow, join(options)),
    checkUpdates: (options = {}) => operations.track(checkUpdates(context, join(options))),
    update: (reference, options = {}) => operations.track(updateModel(context, reference, join(options))),
    release: (reference, options = {}) => releaseVersions(context, reference, join(options)),
  };
}
