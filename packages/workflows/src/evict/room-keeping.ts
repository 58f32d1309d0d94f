import type { Operation } from '@modelkeep/core';
import type { EvictReport, Room } from '@modelkeep/library';
import type { DownloadContext } from '../acquire/download-types.ts';
import type { RunningOperations } from '../workspace/running-operations.ts';
import { evict, type EvictContext, type EvictRequest } from './evict.ts';
import { restoreModel, type RestoreOptions, type RestoreResult } from './restore-model.ts';

/** The room that models take, and what gives some up where it is needed. */
export interface RoomKeeping extends Omit<Room, 'evict' | 'revive' | 'keepSpareRoom' | 'giveUpSpareRoom'> {
  /**
   * Gives up the files of models, the least recently used first, until enough is free: never what is pinned, leased, linked
   * by an app on this machine, outside of the library, on a volume that is offline or can only be read, or could not be had
   * again; the report says of each model that stays
   * why. What an evicted model is stays known, and {@link RoomKeeping.restore} or a download brings its files back.
   *
   * `result` rejects with `library.corrupt-metadata` for metadata that cannot be read (whose files nobody knows),
   * `library.gc-refused`, `library.read-only`, `library.model-not-found`, `library.volume-not-found`,
   * `library.volume-offline`, `io.*`.
   *
   * @example
   * ```ts
   * import { openLibrary } from 'modelkeep';
   *
   * await using library = await openLibrary({ root: '/data/models' });
   * await using lease = await library.lease('diffusion/flux1/flux1-dev'); // stays while this process works with it
   * library.recordUse(lease.model.id);
   * await library.pin('lora/flux1/thick-line');
   * const { evicted, stays, bytesFreed } = await library.evict({ freeBytes: 20_000_000_000, dryRun: true }).result;
   * console.log(evicted, stays, bytesFreed);
   * ```
   */
  evict(request: EvictRequest): Operation<EvictReport>;
  /**
   * Fetches the files of an evicted model again, as they were.
   *
   * `result` rejects with `workflows.not-fetchable`, `library.model-not-found`, `library.quota-exceeded`, `network.*`,
   * `transfer.*`, `io.*`.
   */
  restore(reference: string, options?: RestoreOptions): Operation<RestoreResult>;
}

/** @internal */
export function createRoomKeeping(context: EvictContext & DownloadContext, operations: RunningOperations): RoomKeeping {
  const { store } = context;
  const join = <T extends { readonly signal?: AbortSignal | undefined }>(options: T): T & { signal: AbortSignal } => ({
    ...options,
    signal: operations.join(options.signal),
  });
  return {
    recordUse: (id) => store.recordUse(id),
    lastUses: () => store.lastUses(),
    pin: (reference, options = {}) => store.pin(reference, join(options)),
    unpin: (reference, options = {}) => store.unpin(reference, join(options)),
    lease: (reference, options = {}) => store.lease(reference, join(options)),
    room: (options) => store.room(options),
    setQuota: (quotaBytes, options) => store.setQuota(quotaBytes, options),
    evict: (request) => operations.track(evict(context, join(request))),
    restore: (reference, options = {}) => operations.track(restoreModel(context, reference, join(options))),
  };
}
