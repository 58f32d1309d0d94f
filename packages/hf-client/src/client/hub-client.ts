import type { HttpClient } from '@modelkeep/network';
import type { RepoInfo } from '../models/repo-info.ts';
import type { ResolvedFile } from '../resolve/resolved-file.ts';
import type { RepoSummary, SearchQuery } from '../search/search-query.ts';
import type { RepoEntry } from '../tree/repo-entry.ts';

/** Makes a {@link HubClient}. */
export interface HubClientOptions {
  /** Carries the tokens (`credentialsFor`) and stays the caller's to close. */
  readonly http: HttpClient;
  /** @default 'https://huggingface.co' */
  readonly endpoint?: string | undefined;
}

/** Options of {@link HubClient.modelInfo}. */
export interface ModelInfoOptions {
  /** Branch, tag, reference or commit. @default the repo's main branch */
  readonly revision?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link HubClient.listTree}. */
export interface ListTreeOptions {
  /** Branch, tag, reference or commit. Name a commit where the pages must belong together. */
  readonly revision: string;
  /** A folder. @default the root */
  readonly path?: string | undefined;
  /** Whether what is in folders is listed too. @default true */
  readonly recursive?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link HubClient.resolveFile}. */
export interface ResolveFileOptions {
  /** Branch, tag, reference or commit. */
  readonly revision: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a Hugging Face Hub. Only models.
 *
 * Each method throws `hub.*` by what the Hub says (`hub.repo-not-found`, `hub.revision-not-found`,
 * `hub.entry-not-found`, `hub.gated`, `hub.unauthorised`, `hub.disabled`, `hub.unexpected`), `hub.invalid-reference` for
 * a repo id, revision or path that cannot be one (before anything is sent), `network.*` for what the HTTP client
 * throws, `network.rate-limited` for a 429, `network.status` for a hub in trouble, and `network.body` for an answer that
 * breaks the protocol.
 */
export interface HubClient {
  /** Without a slash at the end. */
  readonly endpoint: string;
  modelInfo(repo: string, options?: ModelInfoOptions): Promise<RepoInfo>;
  /** Lists files and folders; pages are fetched as the loop goes on. */
  listTree(repo: string, options: ListTreeOptions): AsyncIterable<RepoEntry>;
  /** Asks where a file is and what its hash is, without fetching it. A renamed repo is followed and told. */
  resolveFile(repo: string, path: string, options: ResolveFileOptions): Promise<ResolvedFile>;
  /** The URL that a file is downloaded from. */
  resolveUrl(repo: string, path: string, revision: string): string;
  /** Lists the repos that fit; pages are fetched as the loop goes on. */
  searchModels(query?: SearchQuery): AsyncIterable<RepoSummary>;
}
