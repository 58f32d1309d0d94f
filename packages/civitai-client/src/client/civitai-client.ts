import type { Clock } from '@modelkeep/core';
import type { HttpClient } from '@modelkeep/network';
import type { CivitaiAccess, CivitaiDownload } from '../access/civitai-access.ts';
import type { CivitaiImage } from '../images/civitai-image.ts';
import type { MissStore } from '../misses/miss-store.ts';
import type { CivitaiModel } from '../models/civitai-model.ts';
import type { CivitaiImagesQuery, CivitaiSearchQuery } from '../search/search-query.ts';
import type { CivitaiVersion } from '../versions/civitai-version.ts';

/** Makes a {@link CivitaiClient}. */
export interface CivitaiClientOptions {
  /** Carries the API key (`credentialsFor`) and stays the caller's to close. */
  readonly http: HttpClient;
  /** @default 'https://civitai.com' */
  readonly endpoint?: string | undefined;
  /** Remembers the hashes that the site does not know. @default for as long as the client is used */
  readonly misses?: MissStore | undefined;
  /** For how long such a hash is not asked again, in milliseconds. @default 604_800_000 (7 days) */
  readonly missTtlMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

/** The words that the site knows. */
export interface CivitaiEnums {
  readonly modelTypes: readonly string[];
  readonly fileTypes: readonly string[];
  readonly baseModels: readonly string[];
  readonly activeBaseModels: readonly string[];
}

/**
 * Reads Civitai, or a site that speaks like it.
 *
 * Each method throws `civitai.not-found`, `civitai.removed`, `civitai.unauthorised`, `civitai.forbidden` and
 * `civitai.unexpected` by what the site says, `network.rate-limited` for a 429, `network.status` for a site in trouble,
 * `network.body` for an answer that breaks the protocol, and `network.*` as the HTTP client does.
 */
export interface CivitaiClient {
  /** Without a slash at the end. */
  readonly endpoint: string;
  /**
   * The version that has a file of this hash: SHA-256, BLAKE3, AutoV1, AutoV2, AutoV3 or CRC32. One whose own hashes say
   * otherwise is none.
   *
   * @returns null where there is none, which is remembered
   * @throws `core.invalid-argument` for what is no hash
   */
  versionByHash(hash: string, options?: Cancellable): Promise<CivitaiVersion | null>;
  /**
   * The versions that have files of these SHA-256, asked 100 at a time. Of several versions with the same file it is the
   * first that was made.
   *
   * @returns those that there are
   */
  versionsBySha256(hashes: readonly string[], options?: Cancellable): Promise<ReadonlyMap<string, CivitaiVersion>>;
  /** Those of some hashes that would be asked: they are not remembered to be unknown. */
  unasked(hashes: readonly string[], options?: Cancellable): Promise<readonly string[]>;
  version(id: number, options?: Cancellable): Promise<CivitaiVersion>;
  model(id: number, options?: Cancellable): Promise<CivitaiModel>;
  /** Models that fit; pages are fetched as the loop goes on. */
  search(query?: CivitaiSearchQuery): AsyncIterable<CivitaiModel>;
  images(query?: CivitaiImagesQuery): AsyncIterable<CivitaiImage>;
  enums(options?: Cancellable): Promise<CivitaiEnums>;
  /** Where a file is downloaded from. It redirects to a signed address; the API key is none of its business. */
  downloadUrl(download: CivitaiDownload): string;
  /** The page of a version, for people. */
  pageUrl(download: CivitaiDownload): string;
  /** Asks whether a file may be had with the API key of now, without fetching it. */
  access(download: CivitaiDownload, options?: Cancellable): Promise<CivitaiAccess>;
}
