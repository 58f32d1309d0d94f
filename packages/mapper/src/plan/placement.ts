import type { LinkReason } from './link-reason.ts';
import type { MappableModel } from './mappable-model.ts';

/** @internal One link of a placement. */
export interface PlacedFile {
  /** Absolute, in the library. */
  readonly source: string;
  readonly fileSha256: string | null;
  readonly leadsTo: 'file' | 'folder';
  /** Its name in a folder that is named after the model; null when it stands for itself. */
  readonly nameInFolder: string | null;
  readonly sizeBytes?: number | undefined;
  /** Whether it leads to a file of the model, to one of the store, or is text that is written. @default 'library' */
  readonly origin?: 'library' | 'store' | 'written' | undefined;
  readonly content?: string | null | undefined;
  /** Its name stands for its content: whatever has it holds the same bytes. @default false */
  readonly isNamedByContent?: boolean | undefined;
}

/** @internal A model that goes into a folder of the app: one link, or a folder of links. */
export interface Placement {
  readonly model: MappableModel;
  /** Below the app's folder, `/` between segments. */
  readonly folder: string;
  /** The wanted name: of the link, or of the folder that holds the links. */
  readonly baseName: string;
  /** Stands for the content: two placements with one name and one digest are the same to the app. */
  readonly digest: string;
  readonly files: readonly PlacedFile[];
}

/** @internal A model that gets no link, and why. */
export interface NotPlaced {
  readonly model: MappableModel;
  readonly reason: LinkReason;
}
