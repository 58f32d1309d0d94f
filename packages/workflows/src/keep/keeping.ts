import type { FileSystem } from '@modelkeep/io';
import { checkMapping } from '@modelkeep/mapper';
import type { ImportMetadataOptions, MetadataImportReport, ModelKeeping } from '@modelkeep/library';
import { deleteModel, type DeleteContext, type DeleteOptions, type DeleteReport } from './delete-model.ts';
import { readPieces, writeExport, type MetadataExportReport } from './metadata-export.ts';

/** What people do with the models of a library, links into apps included. */
export interface Keeping extends Omit<ModelKeeping, 'remove' | 'importMetadata'> {
  /**
   * Takes a model out of the library, and with `unlink` its links out of the apps on this machine. Files in its folder that
   * are not the library's stay; bytes that no other model names are given back by the collection of unused blobs.
   *
   * @throws `workflows.model-linked` for a model that apps link to, `library.model-not-found`, `library.ambiguous-id`,
   * `library.read-only`, `io.*`
   *
   * @example
   * ```ts
   * import { openLibrary } from 'modelkeep';
   *
   * await using library = await openLibrary({ root: '/data/models' });
   * const { files, kept, bytesToCollect, links } = await library.delete('lora/flux1/thick-line', { dryRun: true });
   * console.log(files, kept, bytesToCollect, links);
   * await library.delete('lora/flux1/thick-line', { unlink: true });
   * ```
   */
  delete(reference: string, options?: DeleteOptions): Promise<DeleteReport>;
  /**
   * Writes what is known of all models to a file, one JSON document to a line. The file is there when it is whole; one that
   * is there already is not replaced.
   *
   * @throws `io.exists`, `io.not-found` for a missing folder, `io.*`
   */
  exportMetadataTo(path: string, options?: Cancellable): Promise<MetadataExportReport>;
  /**
   * Gives what an export knows to the models of this library that have the same weights. Sources merge as they do
   * elsewhere; what a person has stated here stays, unless asked otherwise. A second time changes nothing.
   *
   * @param source - the path of an export, or its text in pieces of any size
   * @throws `library.invalid-export` when it is none, `core.format-newer`, `library.read-only`, `io.*`
   */
  importMetadata(
    source: string | AsyncIterable<string | Uint8Array>,
    options?: ImportMetadataOptions,
  ): Promise<MetadataImportReport>;
}

interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

/** @internal */
export interface KeepingContext extends DeleteContext {
  readonly fileSystem: FileSystem;
  /** The caller's signal joined with that of the library, which aborts when it closes. */
  readonly join: (signal: AbortSignal | undefined) => AbortSignal;
}

/** @internal */
export function createKeeping({ store, mapper, links, fileSystem, join }: KeepingContext): Keeping {
  return {
    edit: (reference, changes, { signal } = {}) => store.edit(reference, changes, { signal: join(signal) }),
    async editMapping(reference, edit, { signal } = {}) {
      checkMapping(edit);
      return store.editMapping(reference, edit, { signal: join(signal) });
    },
    history: (reference) => store.history(reference),
    delete: (reference, options = {}) =>
      deleteModel({ store, mapper, links }, reference, { ...options, signal: join(options.signal) }),
    exportMetadata: ({ signal } = {}) => store.exportMetadata({ signal: join(signal) }),
    exportMetadataTo(path, options = {}) {
      const signal = join(options.signal);
      return writeExport(fileSystem, { lines: store.exportMetadata({ signal }), path, signal });
    },
    importMetadata(source, options = {}) {
      const signal = join(options.signal);
      const pieces = typeof source === 'string' ? readPieces(source, signal) : source;
      return store.importMetadata(pieces, { ...options, signal });
    },
  };
}
