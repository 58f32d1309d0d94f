import type { FieldHashes, ModelSource } from '@modelkeep/core';
import type { MovedFile } from './moved-file.ts';

/** A file that a transaction is to store, as far as it is known beforehand. */
export interface WantedFile {
  /** The path in its source, `/` between segments. */
  readonly name: string;
  readonly sizeBytes: number | null;
  /** 64 hex where the source states it: then bytes that are here already are not fetched again. */
  readonly sha256: string | null;
  /** Git's hash of the bytes as a blob, 40 hex, where the source states it. */
  readonly gitSha1: string | null;
  readonly source: ModelSource;
  /** A file of somebody's that becomes the content: it loses its name once the transaction is committed. */
  readonly move?: MovedFile | undefined;
}

/** The content of a file that is stored. */
export interface StoredContent {
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly blake3: string | null;
  readonly gitSha1: string | null;
  /** Where they were computed. */
  readonly hashes?: FieldHashes | undefined;
}

/** @internal A wanted file whose content is stored. */
export interface StoredFile extends WantedFile {
  readonly content: StoredContent;
}
