import type { HistoryEntry, ModelRecord } from '@modelkeep/core';
import { exportMetadata, type ExportedLine } from './exchange/export-metadata.ts';
import { importMetadata, type ImportMetadataOptions, type MetadataImportReport } from './exchange/import-metadata.ts';
import { editMapping, type MappingEdit } from './models/edit-mapping.ts';
import { editModel, historyOf, type ModelChanges } from './models/edit-model.ts';
import { removeModel, type RemovalReport, type RemoveOptions } from './models/remove-model.ts';
import { giveUpSpareRoom } from './room/spare-room.ts';
import type { StoreContext } from './store-context.ts';
import type { VolumeSet } from './volumes/volume-set.ts';

interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

/** What people do with the models that a library has. */
export interface ModelKeeping {
  /**
   * States facts about a model, or takes statements back; what is stated counts before every source. Nothing moves: a
   * model keeps its id and its folder. A function is given what the model is at that moment, while nobody else changes it.
   *
   * @returns the model as it is then
   * @throws `library.invalid-edit`, `library.model-not-found`, `library.ambiguous-id`, `library.corrupt-metadata`,
   * `core.format-newer`, `library.read-only`, `io.*`
   */
  edit(reference: string, changes: ModelChanges, options?: Cancellable): Promise<ModelRecord>;
  /**
   * Says which versions of an app see a model, and by which name and in which folder. Nothing is linked by it: the next plan
   * for that app does as it says.
   *
   * @param edit - null takes a statement back; what is not named stays
   * @returns the model as it is then
   * @throws `library.invalid-edit`, `library.model-not-found`, `library.ambiguous-id`, `library.corrupt-metadata`,
   * `core.format-newer`, `library.read-only`, `io.*`
   */
  editMapping(reference: string, edit: MappingEdit, options?: Cancellable): Promise<ModelRecord>;
  /** The last 200 changes of a model's facts, the oldest first. @throws `library.model-not-found`, `library.ambiguous-id` */
  history(reference: string): Promise<readonly HistoryEntry[]>;
  /**
   * Takes a model out of the library. Files that are not the library's stay in the folder; bytes are given back by the
   * collection of unused blobs.
   *
   * @throws `library.model-not-found`, `library.ambiguous-id`, `library.read-only`, `io.*`
   */
  remove(reference: string, options?: RemoveOptions): Promise<RemovalReport>;
  /**
   * What is known of all models, without their bytes: a header, then one line for each model, in the order of their
   * folders. Each line is plain data; as JSON, one to a line, they are what {@link ModelKeeping.importMetadata} reads.
   */
  exportMetadata(options?: Cancellable): AsyncIterable<ExportedLine>;
  /**
   * Gives what an export knows to the models of this library that have the same weights. Sources merge as they do
   * elsewhere; what a person has stated here stays, unless asked otherwise. A second time changes nothing.
   *
   * @param source - the text of an export, in pieces of any size
   * @throws `library.invalid-export` when it is none, `library.read-only`, `io.*`
   */
  importMetadata(
    source: AsyncIterable<string | Uint8Array>,
    options?: ImportMetadataOptions,
  ): Promise<MetadataImportReport>;
}

/** @internal */
export function createModelKeeping(
  volumes: VolumeSet & { readonly first: StoreContext },
  libraryId: string,
  forWriting: () => void,
): ModelKeeping {
  const { first } = volumes;
  return {
    async edit(reference, changes, { signal } = {}) {
      forWriting();
      return editModel(first, reference, { changes, signal });
    },
    async editMapping(reference, edit, { signal } = {}) {
      forWriting();
      return editMapping(first, reference, { edit, signal });
    },
    history: (reference) => historyOf(first, reference),
    async remove(reference, options = {}) {
      if (options.dryRun !== true) {
        forWriting();
        await giveUpSpareRoom(volumes);
      }
      return removeModel(first, reference, options);
    },
    exportMetadata: ({ signal } = {}) => exportMetadata(first, libraryId, signal),
    async importMetadata(source, options = {}) {
      forWriting();
      return importMetadata(first, source, options);
    },
  };
}
