import type { ModelRecord, Operation, SerialisedError } from '@modelkeep/core';
import type { ArtifactRecord, ArtifactStatus, RepoRecord, RepoStatus, StateCall } from '@modelkeep/fleet';
import type { DownloadOptions } from '../acquire/download-types.ts';

/** How a repo is synced. */
export interface SyncRepoOptions extends StateCall {
  /**
   * Files below this size that are no weights are fetched at once, into `repos` of the library; 0 fetches none.
   * @default 10,000,000
   */
  readonly smallFileBytes?: number | undefined;
}

/** A file that could not be had, and why: the error that its record keeps. */
export interface ArtifactFailure {
  readonly artifactId: string;
  readonly path: string;
  readonly error: SerialisedError;
}

/** What a sync gave. Plain data. */
export interface RepoSync {
  readonly repo: RepoRecord;
  /** All files of the repo, by path. */
  readonly artifacts: readonly ArtifactRecord[];
  /** Small files that could not be had: the next sync tries them again. */
  readonly failures: readonly ArtifactFailure[];
  readonly bytesFetched: number;
}

/** What a download of artifacts gave. Plain data. */
export interface ArtifactsDownload {
  /** Those that were asked for, by repo and path. */
  readonly artifacts: readonly ArtifactRecord[];
  /** The models that their weights make. */
  readonly models: readonly ModelRecord[];
  readonly bytesFetched: number;
}

/** How artifacts are downloaded. */
export interface DownloadArtifactsOptions extends Pick<DownloadOptions, 'priority' | 'makeRoom' | 'volume'> {
  readonly signal?: AbortSignal | undefined;
}

/** Which artifacts are listed. */
export interface ListArtifactsOptions extends StateCall {
  /** The id of a repo. @default of all repos */
  readonly repo?: string | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly status?: ArtifactStatus | undefined;
}

/**
 * Repos of the hub that a library keeps an eye on, and the files that they have. Every process that shares the state sees
 * the same; what is here is looked up on the disk each time.
 *
 * Calls may throw `library.read-only`, `sqlite.*`, `postgres.*`, `signal.reason`.
 */
export interface LibraryRepos {
  /**
   * Notes a repo; the same again gives the same record. Nobody is asked.
   *
   * @param reference - `hf:org/name[@revision]`, or the address of a repo on the hub
   * @throws `hub.invalid-reference`, `workflows.invalid-reference` for what is no repo of the hub, or a part of one
   */
  register(reference: string, options?: StateCall): Promise<RepoRecord>;
  /** @throws `fleet.not-found` */
  get(id: string, options?: StateCall): Promise<RepoRecord>;
  /** The oldest first. */
  list(options?: StateCall & { readonly status?: RepoStatus | undefined }): Promise<readonly RepoRecord[]>;
  /**
   * Asks the hub what the repo is now, makes its files the artifacts of the record, and fetches the small ones. What is in
   * the library already counts as completed. Another process that syncs the repo is waited for.
   *
   * `result` rejects with `fleet.not-found` and with what the hub answers (`hub.*`, `network.*`), which the record keeps:
   * its status is `error` then, and its artifacts stay. A small file that cannot be had is told in `failures`.
   *
   * @example
   * ```ts
   * import { openLibrary } from 'modelkeep';
   *
   * await using library = await openLibrary({ root: '/data/models' });
   * const { id } = await library.repos.register('hf:acme/tiny-flux');
   * const { artifacts } = await library.repos.sync(id).result;
   * const weights = artifacts.filter(({ path }) => path.endsWith('.safetensors'));
   * await library.repos.download(weights.map((one) => one.id)).result;
   * ```
   */
  sync(id: string, options?: SyncRepoOptions): Operation<RepoSync>;
  /** By repo and path. A file that was deleted by hand, or whose model was evicted, is `pending` again. */
  artifacts(options?: ListArtifactsOptions): Promise<readonly ArtifactRecord[]>;
  /**
   * Downloads files of the commit that their repo was synced at, verified, whatever its branch is now. Those of a repo
   * whose weights are among them make models; without weights they go to `repos` of the library. Another process that
   * downloads from the repo is waited for. All repos are tried.
   *
   * `result` rejects with `fleet.not-found` for an id that is none, before anything is fetched, and with the first failure,
   * which the records keep: the errors of a download, `workflows.waiting-for-user` for a closed gate, `workflows.not-synced`.
   */
  download(ids: readonly string[], options?: DownloadArtifactsOptions): Operation<ArtifactsDownload>;
  /** Forgets a repo with its artifacts and small files; its models stay. @returns whether it was there */
  remove(id: string, options?: StateCall): Promise<boolean>;
}
