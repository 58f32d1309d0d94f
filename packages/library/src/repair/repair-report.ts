import type { ModelRecord, ModelSource } from '@modelkeep/core';
import type { DoubledModel } from '../external/doubled-models.ts';

/** Content whose stored bytes are damaged or gone, and that is found nowhere in the library. */
export interface BadContent {
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Git's hash of the bytes as a blob, 40 hex, where it is known. */
  readonly gitSha1: string | null;
  /** A model that needs it, and the file below its folder. */
  readonly slug: string;
  readonly file: string;
  /** The volume that needs it, where that is not the first one. */
  readonly volumeId?: string | undefined;
  /** Where it may be fetched from: what the models that need it say, each place once. */
  readonly sources: readonly ContentSource[];
}

/** Where content came from. */
export interface ContentSource {
  readonly source: ModelSource;
  /** The name that it has there. */
  readonly officialName: string;
}

/** Something that a repair has mended. */
export interface RepairedFile {
  readonly slug: string;
  readonly file: string;
  /**
   * `from-trash`: the blob was in the trash. `from-copy`: the blob is made from another file of the same content.
   * `fetched`: the blob is made from newly fetched bytes. `projected`: the file in the model's folder is made from the
   * blob. `joined`: a copy of the blob in the model's folder is now a hard link to it.
   */
  readonly how: 'from-trash' | 'from-copy' | 'fetched' | 'projected' | 'joined';
}

/** @internal What a repair of one volume did. */
export type MendedModels = Omit<RepairReport, 'joined'>;

/** What a repair could do without a network. */
export interface RepairReport {
  readonly repaired: readonly RepairedFile[];
  /** What has to be fetched. */
  readonly bad: readonly BadContent[];
  /** Bytes that hard links in place of copies have saved. */
  readonly bytesSaved: number;
  /** Models that were known outside the library as others, and are one now; those with problems wait for the next repair. */
  readonly joined: readonly DoubledModel[];
}

/** How a library is repaired. */
export interface RepairOptions {
  /**
   * Also replaces files in the models' folders that somebody has changed; their bytes go to quarantine.
   *
   * @default false: they are somebody's work
   */
  readonly replaceDiverged?: boolean | undefined;
  /** Hears of each model that was joined and the id that it had outside: what leads to its files is led to the library's. */
  readonly onJoined?: ((model: ModelRecord, formerId: string) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}
