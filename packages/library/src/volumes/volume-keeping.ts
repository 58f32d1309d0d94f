import type { ModelRecord, Operation } from '@modelkeep/core';
import { relocateModel, type RelocateOptions } from '../models/relocate-model.ts';
import { listDeleted, undeleteModel, type DeletedModel, type UndeleteOptions } from '../models/undelete-model.ts';
import type { StoreContext } from '../store-context.ts';
import type { LockKind } from '../volume/volume-locks.ts';
import { createVolumeManager, type VolumeInfo, type VolumeSettings } from './manage-volumes.ts';
import { moveModel, type MoveModelOptions, type MoveReport } from './move-model.ts';
import type { MovedListener, VolumeSet } from './volume-set.ts';

/** What people do with the drives of a library, and with where its models are. */
export interface VolumeKeeping {
  /** All volumes, the first one first. Looks where they are now: what was connected meanwhile is there from then on. */
  volumes(): Promise<readonly VolumeInfo[]>;
  /**
   * Makes an empty or missing folder a volume of this library, or takes one that was, with its models. A volume that is
   * mounted where it is not found is told so as well.
   *
   * @throws `library.invalid` for a folder that holds something else or is a volume of another library,
   * `core.invalid-argument` for a label that is taken, `library.read-only`, `io.*`
   */
  addVolume(path: string, settings?: VolumeSettings): Promise<VolumeInfo>;
  /** @throws `library.volume-not-found`, `core.invalid-argument`, `library.read-only` */
  changeVolume(reference: string, settings: VolumeSettings): Promise<VolumeInfo>;
  /**
   * Takes a volume out of the library. Nothing on it is changed: it can be added again.
   *
   * @throws `library.volume-in-use` for one with models unless they may go with it, and for the first one
   */
  removeVolume(reference: string, options?: { readonly withModels?: boolean | undefined }): Promise<void>;
  /**
   * Moves a model to another volume, with all that is known of it.
   *
   * @throws `library.volume-not-found`, `library.volume-offline`, `library.read-only`, `library.damaged-entry`,
   * `io.disk-full`, `core.invalid-argument` for a model outside of the library
   */
  move(reference: string, options: MoveModelOptions): Operation<MoveReport>;
  /**
   * Gives a model the folder that a new one of its type, family and name would get.
   *
   * @returns the model as it is then; the same where it is in the right folder
   * @throws `library.model-not-found`, `library.read-only`, `core.invalid-argument` for a model outside of the library, or
   * one that a process has leased
   */
  relocate(reference: string, options?: RelocateOptions): Promise<ModelRecord>;
  /** Where the volumes are on this machine, the first one first; of those that are away where they were. */
  places(): readonly string[];
  /** Says that a drive came back while the library is open, and which models got another place because a move ended by that. */
  whenMoved(listener: MovedListener): void;
  /** Whether a model is on a volume that is not here: neither missing nor garbage, and not to be had just now. */
  isOffline(model: Pick<ModelRecord, 'place'>): boolean;
  /** Models that were deleted and are still in the trash, the last one first. */
  deletedModels(): Promise<readonly DeletedModel[]>;
  /**
   * Brings a deleted model back, as long as the trash has it.
   *
   * @param reference - its id or what it was called
   * @throws `library.model-not-found`, `library.read-only`, `io.not-found` when its bytes are gone
   */
  undelete(reference: string, options?: UndeleteOptions): Promise<ModelRecord>;
}

/** @internal */
export interface VolumeKeepingOptions {
  readonly machineId: string | undefined;
  readonly lockKind: LockKind | undefined;
  readonly forWriting: () => void;
}

/** @internal */
export function createVolumeKeeping(
  set: VolumeSet & { readonly first: StoreContext },
  { machineId, lockKind, forWriting }: VolumeKeepingOptions,
): VolumeKeeping {
  const manager = createVolumeManager(set, { machineId, lockKind });
  return {
    volumes: () => manager.list(),
    async addVolume(path, settings) {
      forWriting();
      return manager.add(path, settings);
    },
    async changeVolume(reference, settings) {
      forWriting();
      return manager.change(reference, settings);
    },
    async removeVolume(reference, options) {
      forWriting();
      await manager.remove(reference, options);
    },
    move(reference, options) {
      return moveModel(set, reference, { ...options, before: forWriting });
    },
    async relocate(reference, options) {
      forWriting();
      return relocateModel(set, reference, options);
    },
    places: () => set.places(),
    whenMoved: (listener) => set.whenMoved(listener),
    isOffline: ({ place }) => place.kind === 'library' && set.offline().has(place.volumeId ?? ''),
    deletedModels: () => listDeleted(set),
    async undelete(reference, options) {
      forWriting();
      return undeleteModel(set, reference, options);
    },
  };
}
