import type { ByteSource } from '@modelkeep/core';
import { createWorkerPool } from '@modelkeep/workers';
import type { Identification } from './identification.ts';
import type { PartsOutcome } from './identify-parts.ts';
import { identifySources } from './identify-sources.ts';
import type { IdentifyOptions } from './identify.ts';
import type { FolderPlan } from '../folders/folder-plan.ts';
import type { Picture } from '../pictures/read-picture.ts';
import type { Sidecar } from '../sidecars/sidecar.ts';
import { workerCode } from '../worker-code.ts';

/** How an {@link Identifier} is made. */
export interface IdentifierOptions {
  /** `in-thread` reads and parses on the calling thread, with synchronous calls. @default 'worker' */
  readonly mode?: 'worker' | 'in-thread' | undefined;
}

/** Identifies files away from the main thread. */
export interface Identifier extends AsyncDisposable {
  /**
   * Identifies one model by its files.
   *
   * @param paths - the file, or all the shards of one model
   * @throws `formats.invalid`, `formats.too-large`, `io.not-found`, `io.permission`, `io.failed`,
   * `core.invalid-argument`, `core.closed`, `signal.reason` on abort
   */
  identifyFiles(
    paths: readonly string[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<Identification>;
  /**
   * Identifies one model by sources that only this thread can read, such as a file on a server; what is read of them is
   * parsed away from it.
   *
   * @param sources - the file, or all the shards of one model
   * @throws `formats.invalid`, `formats.too-large`, `core.invalid-argument`, `core.closed`, what the sources throw,
   * `signal.reason` on abort
   */
  readonly identifySources: (sources: readonly ByteSource[], options?: IdentifyOptions) => Promise<Identification>;
  /**
   * Reads what small files beside a model say of it, by their content.
   *
   * @returns in the order of the paths; null for what is no such file, is damaged, or has more than 8 MiB
   * @throws `io.not-found`, `io.permission`, `io.failed`, `core.closed`, `signal.reason` on abort
   */
  readSidecars(
    paths: readonly string[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<readonly (Sidecar | null)[]>;
  /**
   * Tells which files of a folder are what: of a pipeline by its model_index.json, of one model by its config.json, or by its
   * weights alone.
   *
   * @returns null for a folder that is neither
   * @throws `formats.invalid`, `formats.too-large` for a description or an index of shards that breaks its rules;
   * `io.not-found`, `io.permission`, `io.failed`, `core.closed`, `signal.reason` on abort
   */
  planFolder(path: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<FolderPlan | null>;
  /**
   * Reads the picture that a file is or holds: in the header of safetensors, in SwarmUI's JSON.
   *
   * @returns null where there is none, or one of more than 8 MiB
   * @throws `io.not-found`, `io.permission`, `io.failed`, `core.closed`, `signal.reason` on abort
   */
  readPicture(path: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<Picture | null>;
  /** Ends the worker. */
  close(): Promise<void>;
}

/**
 * Makes an {@link Identifier}; its worker starts with the first call.
 *
 * @example
 * ```ts
 * import { createIdentifier } from '@modelkeep/formats';
 *
 * const identifier = createIdentifier();
 * const { scan } = await identifier.identifyFiles(['/data/flux1-dev.safetensors']);
 * await identifier.close();
 * ```
 */
export function createIdentifier({ mode = 'worker' }: IdentifierOptions = {}): Identifier {
  const pool = createWorkerPool({
    name: 'formats',
    entry: { code: workerCode, url: () => new URL('../worker-entry.ts', import.meta.url) },
    inThread: async () => (await import('../tasks.ts')).tasks,
    mode,
  });
  const close = (): Promise<void> => pool.close();
  return {
    identifyFiles: (paths, { signal } = {}) => pool.run<Identification>('identify', { paths }, { signal }),
    identifySources: (sources, { paths, signal } = {}) =>
      identifySources(sources, {
        paths,
        signal,
        identifyParts: (known) => pool.run<PartsOutcome>('identifyParts', { known, paths }, { signal }),
      }),
    readSidecars: (paths, { signal } = {}) =>
      pool.run<readonly (Sidecar | null)[]>('readSidecars', { paths }, { signal }),
    planFolder: (path, { signal } = {}) => pool.run<FolderPlan | null>('planFolder', { path }, { signal }),
    readPicture: (path, { signal } = {}) => pool.run<Picture | null>('readPicture', { path }, { signal }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
