import type { SafetyVerdict } from '@modelkeep/core';
import type { DoubledModel } from '../external/doubled-models.ts';

/** Something that is not as the metadata says. */
export interface VerifyProblem {
  readonly modelId: string | null;
  readonly slug: string;
  /** The file below the model's folder, or null for the model itself. */
  readonly file: string | null;
  /**
   * `missing`: no such file in the model's folder. `blob-missing`: no blob. `size`, `corrupt`: other bytes than the
   * metadata says, in the blob. `diverged`: the folder's file is no longer the blob. `metadata`: it cannot be read.
   * `unreadable`: the drive or a permission keeps the bytes back; `found` says which.
   */
  readonly problem: 'missing' | 'blob-missing' | 'size' | 'corrupt' | 'diverged' | 'metadata' | 'unreadable';
  readonly expected: string | null;
  readonly found: string | null;
  /** Where it is: in the blob, in the file of the model's folder, in the metadata, or in a file outside the library. */
  readonly part: 'blob' | 'file' | 'metadata' | 'outside';
  /** The content that should be there, null where that cannot be read. */
  readonly sha256: string | null;
}

/** A file in a model's folder that has the content of its blob and is not the same file. */
export interface ApartFile {
  readonly slug: string;
  readonly file: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** A model that may run code when it is loaded. */
export interface UnsafeModel {
  readonly modelId: string;
  readonly slug: string;
  readonly verdict: SafetyVerdict;
}

/** @internal What is wrong with one file. */
export type Finding = Omit<VerifyProblem, 'modelId' | 'slug' | 'file' | 'sha256'>;

/** What a verification found. */
export interface VerifyReport {
  readonly models: number;
  readonly files: number;
  /** Bytes that were hashed; content that several models share is hashed once. */
  readonly bytesHashed: number;
  readonly problems: readonly VerifyProblem[];
  /**
   * Files that are not the same file as their blob: reflinks, or copies, as they are after a plain copy of a library.
   * With depth `hash` their bytes are the blob's.
   */
  readonly apart: readonly ApartFile[];
  /** Models that a scan found dangerous or suspicious to load. Nothing is wrong with their bytes. */
  readonly unsafe: readonly UnsafeModel[];
  /** Models of the library that are known outside of it as other models. A repair makes one of both. */
  readonly doubled: readonly DoubledModel[];
}

/** How a library is verified. */
export interface VerifyOptions {
  /** `hash` reads every byte, `size` only looks at sizes. @default 'hash' */
  readonly depth?: 'hash' | 'size' | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Takes the bytes hashed so far. */
  readonly onProgress?: ((bytesHashed: number, file: string) => void) | undefined;
}
