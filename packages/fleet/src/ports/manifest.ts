import type { ChangeCall, OfLibrary, StateCall, StateRead, Versioned } from './state-call.ts';

/** What is told of a key when its download has ended. */
export interface ManifestRecord {
  readonly completed: boolean;
  /** `org/name` on the hub, `civitai:<model>@<version>`, or the address of a file without its query. */
  readonly repoId: string;
  /** The commit or version that is here; null where nobody knows. */
  readonly revision: string | null;
  /** Of all its files. */
  readonly sizeBytes: number;
  /** When it was completed: ISO 8601. */
  readonly at: string;
}

/** What a library says of a key. */
export interface ManifestEntry extends ManifestRecord, OfLibrary, Versioned {
  readonly key: string;
}

/**
 * What each library has completed, as other processes and machines see it. A projection: whether a model is here is
 * decided by the library's metadata and files, and never by an entry alone.
 */
export interface Manifest {
  /** Writes the entry of the own library. What says nothing new changes nothing. @throws `core.invalid-argument`, `fleet.conflict` */
  set(key: string, record: ManifestRecord, call?: ChangeCall): Promise<ManifestEntry>;
  /** The entry of the own library. */
  get(key: string, call?: StateCall): Promise<ManifestEntry | null>;
  /** By keys, then by library. */
  list(options?: StateRead & { readonly keys?: readonly string[] | undefined }): Promise<readonly ManifestEntry[]>;
  /** Of the own library. @returns whether it was there @throws `fleet.conflict` */
  delete(key: string, call?: ChangeCall): Promise<boolean>;
}
