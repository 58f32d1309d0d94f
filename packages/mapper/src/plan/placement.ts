import type { LinkReason } from './link-reason.ts';
import type { MappableModel } from './mappable-model.ts';
import type { LookedAt } from './looked-at.ts';

/** @internal One link of a placement. */
export interface PlacedFile extends LookedAt {
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

/** @internal A model that goes into a folder of the app. A library has very many: what follows from it is made when it is needed. */
export interface Placement extends LookedAt {
  readonly model: MappableModel;
  /** Below the app's folder, `/` between segments. */
  readonly folder: string;
  /** The wanted name: of the link, or of the folder that holds the links. */
  readonly baseName: string;
  /** Stands for the content: two placements with one name and one digest are the same to the app. */
  readonly digest: string;
  /** A link to its only file, or to its folder, or a folder of links to its parts. */
  readonly links: 'file' | 'folder' | 'parts';
}

/** @internal A model that gets no link, and why. */
export interface NotPlaced {
  readonly model: MappableModel;
  readonly reason: LinkReason;
}
