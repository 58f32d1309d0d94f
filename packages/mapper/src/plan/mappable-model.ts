import type { ModelRecord } from '@modelkeep/core';

/** A model and where its files are. */
export interface MappableModel {
  readonly record: ModelRecord;
  /** The model's folder, absolute. Its files are `<folder>/<file name>`. */
  readonly folder: string;
}

/** What the mapper asks the library. */
export interface ModelLookup {
  /** The models with these ids; an id that is not known is left out. */
  modelsById(
    ids: readonly string[],
    options: { readonly signal?: AbortSignal | undefined },
  ): Promise<readonly MappableModel[]>;
}
