import type { ModelRecord, Operation } from '@modelkeep/core';
import type { MoveReport, VolumeKeeping } from '@modelkeep/library';
import type { AppliedLink } from '@modelkeep/mapper';
import type { RunningOperations } from '../workspace/running-operations.ts';
import { relinkModel, type RelinkContext } from './relink-model.ts';

interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

/** How a model is moved. */
export interface MoveOptions extends Cancellable {
  /** Id, start of an id or label of a volume; `first` is the library's own folder. */
  readonly to: string;
}

/** What was moved. Plain data. */
export interface MoveResult extends MoveReport {
  /** Links of apps on this machine that lead to the new place now, or could not be led there. */
  readonly links: readonly AppliedLink[];
}

/** A model in another folder. Plain data. */
export interface RelocateResult {
  readonly model: ModelRecord;
  /** Links of apps on this machine that lead to the new place now, or could not be led there. */
  readonly links: readonly AppliedLink[];
}

/** The drives of a library, and where its models are. */
export interface Volumes extends Omit<VolumeKeeping, 'move' | 'relocate' | 'undelete' | 'places' | 'whenMoved'> {
  /**
   * Moves a model to another volume with all that is known of it: its bytes are copied and compared, the links of apps are
   * led there, and then it leaves where it was. Whatever happens, it is whole on one of the two.
   *
   * `result` rejects with `library.volume-not-found`, `library.volume-offline`, `library.read-only`,
   * `library.damaged-entry`, `library.model-evicted`, `io.disk-full`, `core.invalid-argument` for a model outside of the
   * library or one that a process has leased.
   *
   * @example
   * ```ts
   * import { openLibrary } from 'modelkeep';
   *
   * await using library = await openLibrary({ root: '/data/models' });
   * await library.addVolume('/mnt/disk/models', { label: 'disk', types: ['llm'] });
   * const { model, bytesCopied, links } = await library.move('diffusion/flux1/flux1-dev', { to: 'disk' }).result;
   * console.log(library.folderOf(model), bytesCopied, links);
   * for (const { label, path, state, freeBytes } of await library.volumes()) console.log(label, path, state, freeBytes);
   * ```
   */
  move(reference: string, options: MoveOptions): Operation<MoveResult>;
  /**
   * Gives a model the folder that a new one of its type, family and name would get, and leads the links of apps there. A
   * correction of the type alone moves nothing.
   *
   * @throws `library.model-not-found`, `library.ambiguous-id`, `library.read-only`, `core.invalid-argument` for a model
   * outside of the library, or one that a process has leased
   */
  relocate(reference: string, options?: Cancellable): Promise<RelocateResult>;
  /**
   * Brings a deleted model back, as long as the trash has it.
   *
   * @param reference - its id, its slug or its name
   * @throws `library.model-not-found`, `library.read-only`, `io.not-found` when its bytes are gone
   */
  undelete(reference: string, options?: Cancellable): Promise<ModelRecord>;
}

/** @internal */
export function createVolumes(context: RelinkContext, operations: RunningOperations): Volumes {
  const { store } = context;
  return {
    volumes: () => store.volumes(),
    addVolume: (path, settings) => store.addVolume(path, settings),
    changeVolume: (reference, settings) => store.changeVolume(reference, settings),
    removeVolume: (reference, options) => store.removeVolume(reference, options),
    isOffline: (model) => store.isOffline(model),
    deletedModels: () => store.deletedModels(),
    move(reference, { to, signal: given }) {
      const signal = operations.join(given);
      const links: AppliedLink[] = [];
      const onArrived = async ({ id }: ModelRecord): Promise<void> => {
        links.push(...(await relinkModel(context, id, signal)));
      };
      const moving = store.move(reference, { to, onArrived, signal });
      return operations.track({
        progress: moving.progress,
        result: withLinks(moving.result, links),
      });
    },
    async relocate(reference, { signal: given } = {}) {
      const signal = operations.join(given);
      const links: AppliedLink[] = [];
      const onArrived = async ({ id }: ModelRecord): Promise<void> => {
        links.push(...(await relinkModel(context, id, signal)));
      };
      return { model: await store.relocate(reference, { onArrived, signal }), links };
    },
    undelete: (reference, { signal } = {}) => store.undelete(reference, { signal: operations.join(signal) }),
  };
}

async function withLinks(moving: Promise<MoveReport>, links: readonly AppliedLink[]): Promise<MoveResult> {
  return { ...(await moving), links };
}
