import type { StateFile } from './state-file.ts';

/** @internal What the tables of the state work with. */
export interface TableContext {
  readonly file: StateFile;
  readonly libraryId: string;
  /** The time, as ISO 8601. */
  readonly now: () => string;
}
