/** Errors of files and drives. */
export interface IoErrorFacts {
  /** The drive has no room. */
  'io.disk-full': {
    readonly path: string;
    readonly neededBytes?: number | undefined;
    readonly freeBytes?: number | undefined;
  };
  /** The file system is mounted read-only. */
  'io.read-only': { readonly path: string };
  /** No permission. */
  'io.permission': { readonly path: string };
  /** No such file or folder. */
  'io.not-found': { readonly path: string };
  /** Something is in the way. */
  'io.exists': { readonly path: string };
  /** Any other failure of the operating system. */
  'io.failed': { readonly path: string; readonly systemCode: string; readonly operation: string };
  /** A file was changed while it was read. */
  'io.changed-while-read': { readonly path: string };
  /** Another process, perhaps of another machine, holds the lease for longer than the caller waits. */
  'io.lease-held': { readonly path: string; readonly waitedMs: number };
  /** The lease ended while it was held: somebody else may hold it now. */
  'io.lease-lost': { readonly path: string; readonly fence: number };
  /** A JSON file that cannot be read. */
  'io.corrupt-json': { readonly path: string; readonly reason: string };
}

/** Errors of the download engine. */
export interface TransferErrorFacts {
  /** The bytes are not the ones that were promised. */
  'transfer.integrity': {
    readonly file: string;
    readonly url: string;
    readonly algorithm: 'sha256' | 'git-sha1' | 'size';
    readonly expected: string;
    readonly found: string;
  };
  /** The body ended, stalled or broke too often without progress. */
  'transfer.interrupted': {
    readonly file: string;
    readonly url: string;
    readonly bytesOnDisk: number;
    readonly attempts: number;
  };
  /** The file changed at the source while it was fetched. */
  'transfer.source-changed': { readonly file: string; readonly url: string };
  /** An answer that does not fit the request: a web page, a wrong range. */
  'transfer.bad-answer': { readonly file: string; readonly url: string; readonly reason: string };
}
