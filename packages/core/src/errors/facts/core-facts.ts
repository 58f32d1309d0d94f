/** Errors that any package can raise. */
export interface CoreErrorFacts {
  /** A caller passed something that is not allowed. */
  'core.invalid-argument': { readonly argument: string; readonly found?: unknown };
  /** What was asked for was closed before. */
  'core.closed': { readonly resource: string };
  /** What was asked for is in a package of its own, which is not installed. */
  'core.not-installed': { readonly package: string };
  /** No file or thread can be opened any more: `EMFILE` in this process, which may have `limit`, `ENFILE` on the machine. */
  'core.too-many-files': {
    readonly what: string;
    readonly systemCode: 'EMFILE' | 'ENFILE';
    readonly limit?: number | undefined;
  };
  /** The library was written by a newer version of modelkeep. */
  'core.format-newer': { readonly path: string; readonly format: number; readonly supported: number };
}

/** Errors of the worker pool. */
export interface WorkersErrorFacts {
  /** A worker thread ended while it had work, or sent what cannot be read and was given up (`exitCode` 1). */
  'workers.died': { readonly pool: string; readonly exitCode: number };
}
