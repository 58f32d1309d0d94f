import type { LinkKind } from '../links/link-kind.ts';
import type { LinkReason } from '../plan/link-reason.ts';
import type { MappableModel } from '../plan/mappable-model.ts';
import type { StoreFormat } from '../profiles/mapping-way.ts';
import type { RegisteredLink } from '../registry/link-row.ts';

/** @internal One file of a model in a store. */
export interface StoreFile {
  /** Below the store's folder, `/` between segments. */
  readonly folder: string;
  readonly name: string;
  /** What is linked, absolute; what a link within the store says; `sha256:<64 hex>` of what is written. */
  readonly source: string;
  /** `library`: it leads to a file of the model; `store`: to a file of the store; `written`: it is text of ours. */
  readonly origin: 'library' | 'store' | 'written';
  readonly fileSha256: string | null;
  readonly sizeBytes: number;
  readonly content: string | null;
}

/** @internal What a model is in a store, or why it is not in it. */
export type StorePlace =
  | { readonly files: readonly StoreFile[]; readonly reason: null }
  | { readonly files: null; readonly reason: LinkReason };

/** @internal What goes with one model. */
export interface StoreRequest {
  /** Models that this one brings along, such as the vision part of a language model. */
  readonly companions: readonly MappableModel[];
  /** Added to the model's name in the store, where another model has it. */
  readonly suffix: string;
}

/** @internal How a tool lays its store out. */
export interface StoreLayout {
  readonly format: StoreFormat;
  /** A folder in the app's folder that the store may be in; the app's folder itself is it where there is none. */
  readonly subfolder: string;
  /** How bytes are linked, the best way first. */
  readonly prefer: readonly LinkKind[];
  /** Why symlinks are the last resort here. */
  readonly symlinkWarning: string;
  place(model: MappableModel, request: StoreRequest): StorePlace;
  /** 0: bytes; more: what refers to lower ones. */
  depthOf(folder: string): number;
  /** Whether something of this layout can be in a folder. */
  hasFolder(folder: string): boolean;
  /** Whether a link is needed by another one of the same store. */
  isNeededBy(link: RegisteredLink, other: RegisteredLink): boolean;
}
