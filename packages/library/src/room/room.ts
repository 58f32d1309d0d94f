import { isId, type ModelRecord, type Operation } from '@modelkeep/core';
import { chooseFor } from '../revisions/model-choices.ts';
import type { StoreContext } from '../store-context.ts';
import { evictModels } from './evict-models.ts';
import type { EvictModelsOptions, EvictReport } from './evict-report.ts';
import { leaseModel, type ModelLease } from './leases.ts';
import { createModelUse, type ModelUse } from './model-use.ts';
import { writeQuota } from './quota.ts';
import { roomOfVolumes, volumeCalled, type LibraryRoom } from './room-of-volumes.ts';
import { giveUpSpareRoom, keepSpareRoom } from './spare-room.ts';
import type { VolumeSet } from '../volumes/volume-set.ts';
import { reviveModel } from './revive-model.ts';

/** Which volume is meant. */
export interface OnVolume {
  /** Id, start of an id or label of a volume; `first` is the library's own folder. */
  readonly volume?: string | undefined;
}

interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

/** The room that models take, and who may be asked to give some up. */
export interface Room {
  /**
   * Notes that a model was used now, on this machine. Costs next to nothing and returns at once: uses are written together,
   * soon, or when the library is closed. A library that is open for reading only does not note it.
   *
   * @param id - a whole id; other texts are ignored
   */
  recordUse(id: string): void;
  /** When models were used last on this machine, in milliseconds since 1970, by id. */
  lastUses(): Promise<ReadonlyMap<string, number>>;
  /** Says that the bytes of a model stay, whatever room is needed. @throws `library.model-not-found`, `library.ambiguous-id`, `library.read-only`, `io.*` */
  pin(reference: string, options?: Cancellable): Promise<ModelRecord>;
  /** Takes {@link Room.pin} back. @throws as that */
  unpin(reference: string, options?: Cancellable): Promise<ModelRecord>;
  /**
   * Says that this process works with the files of a model: they stay until the lease is released or the process has ended.
   *
   * @throws `library.model-evicted` where they are not there, `library.model-not-found`, `library.ambiguous-id`,
   * `library.read-only`, `io.*`
   */
  lease(reference: string, options?: Cancellable): Promise<ModelLease>;
  /**
   * What the models take of what they may take, on one volume or on all that are here. Looks at every stored content.
   *
   * @throws `library.volume-not-found`, `library.volume-offline`
   */
  room(options?: OnVolume): Promise<LibraryRoom>;
  /**
   * Sets what the models of a volume may take together; null: no limit. It is kept on the volume.
   *
   * @throws `core.invalid-argument`, `library.read-only`, `library.volume-not-found`, `library.volume-offline`, `io.*`
   */
  setQuota(quotaBytes: number | null, options?: OnVolume): Promise<void>;
  /**
   * Gives up the files of models, the least recently used first, until enough is free: on one volume, or on all that can
   * be written. What the models are stays known.
   *
   * `result` rejects with `library.corrupt-metadata` for metadata that cannot be read (whose files nobody knows),
   * `library.gc-refused`, `library.read-only`, `library.volume-not-found`, `library.volume-offline`, `sqlite.locked` while garbage is collected, `io.*`.
   */
  evict(options: EvictModelsOptions): Operation<EvictReport>;
  /**
   * Keeps a mebibyte on each volume that has the room, so that models can be deleted, moved away and evicted when the drive is
   * full: those calls give it up there. Never fails.
   */
  keepSpareRoom(): Promise<void>;
  /** Gives up what {@link Room.keepSpareRoom} has kept, where a drive is full: for what comes before a deletion. Never fails. */
  giveUpSpareRoom(): Promise<void>;
  /** Gives an evicted model its files back, all of which have been stored. @throws `io.not-found`, `library.*`, `io.*` */
  revive(reference: string, options?: Cancellable): Promise<ModelRecord>;
}

/** @internal What a store closes. */
export interface OpenRoom extends Room {
  readonly use: ModelUse;
}

/** @internal */
export function createRoom(
  set: VolumeSet & { readonly first: StoreContext },
  forWriting: () => void,
  mode: 'read' | 'write',
): OpenRoom {
  const { first: context } = set;
  const use = createModelUse(context);
  // Where nothing may be written nobody can have noted a use from here.
  const known = mode === 'write' ? use : { ...use, read: async () => new Map<string, number>() };
  return {
    use,
    recordUse(id) {
      if (mode === 'write' && isId(id)) use.record(id);
    },
    lastUses: () => known.read(),
    async pin(reference, { signal } = {}) {
      forWriting();
      return chooseFor(context, reference, { choices: { pinned: true }, signal });
    },
    async unpin(reference, { signal } = {}) {
      forWriting();
      return chooseFor(context, reference, { choices: { pinned: undefined }, signal });
    },
    async lease(reference, { signal } = {}) {
      forWriting();
      const lease = await leaseModel(context, reference, signal);
      use.record(lease.model.id);
      return lease;
    },
    room: ({ volume } = {}) => roomOfVolumes(set, volume),
    async setQuota(quotaBytes, { volume = 'first' } = {}) {
      forWriting();
      await writeQuota(await volumeCalled(set, volume, 'write'), quotaBytes);
    },
    evict: (options) => evictModels(set, options, { use: known, before: forWriting }),
    async keepSpareRoom() {
      if (mode === 'write') await keepSpareRoom(set);
    },
    giveUpSpareRoom: () => giveUpSpareRoom(set),
    async revive(reference, { signal } = {}) {
      forWriting();
      return reviveModel(context, reference, signal);
    },
  };
}
