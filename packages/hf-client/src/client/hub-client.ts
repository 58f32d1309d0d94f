import type { HttpClient } from '@modelkeep/network';
import type { Account } from '../account/account.ts';
import type { RepoInfo } from '../models/repo-info.ts';
import type { RepoRefs } from '../refs/repo-refs.ts';
import type { RemoteFile, RemoteFileLimits } from '../remote/remote-file.ts';
import type { ResolvedFile } from '../resolve/resolved-file.ts';
import type { RepoSummary } from '../search/repo-summary.ts';
import type { SearchQuery } from '../search/search-query.ts';
import type { RepoEntry } from '../tree/repo-entry.ts';
import type { RepoType } from '../urls/repo-type.ts';

/** Makes a {@link HubClient}. */
export interface HubClientOptions {
  /** Carries the tokens (`credentialsFor`) and stays the caller's to close. */
  readonly http: HttpClient;
  /** @default 'https://huggingface.co' */
  readonly endpoint?: string | undefined;
}

/** What every question about a repo takes. */
export interface RepoOptions {
  /** @default 'model' */
  readonly repoType?: RepoType | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link HubClient.repoInfo}. */
export interface RepoInfoOptions extends RepoOptions {
  /** Branch, tag, reference or commit. @default the repo's main branch */
  readonly revision?: string | undefined;
  /** Whether the files are told too, with sizes and hashes: for a small repo cheaper than its tree. @default false */
  readonly files?: boolean | undefined;
}

/** What a question about a repo at a revision takes. */
export interface RevisionOptions extends RepoOptions {
  /** Branch, tag, reference or commit. */
  readonly revision: string;
}

/** Options of {@link HubClient.listTree}. Name a commit where the pages must belong together. */
export interface ListTreeOptions extends RevisionOptions {
  /** A folder. @default the root */
  readonly path?: string | undefined;
  /** Whether what is in folders is listed too. @default true */
  readonly recursive?: boolean | undefined;
}

/** Options of {@link HubClient.listRefs}. */
export interface ListRefsOptions extends RepoOptions {
  /** @default false */
  readonly includePullRequests?: boolean | undefined;
}

/** Options of {@link HubClient.openFile}. */
export interface OpenFileOptions extends RevisionOptions, RemoteFileLimits {}

/**
 * Reads a Hugging Face Hub: models, datasets and spaces.
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
  repoInfo(repo: string, options?: RepoInfoOptions): Promise<RepoInfo>;
  /** Lists files and folders; pages are fetched as the loop goes on. */
  listTree(repo: string, options: ListTreeOptions): AsyncIterable<RepoEntry>;
  /**
   * Asks for some files and folders, 500 at a time. Paths that are not there are left out.
   *
   * @returns in the order of `paths`
   */
  pathsInfo(repo: string, paths: readonly string[], options: RevisionOptions): Promise<readonly RepoEntry[]>;
  /** Lists branches, tags, conversions and, where asked for, pull requests. */
  listRefs(repo: string, options?: ListRefsOptions): Promise<RepoRefs>;
  /** Asks where a file is and what its hash is, without fetching it. A renamed repo is followed and told. */
  resolveFile(repo: string, path: string, options: RevisionOptions): Promise<ResolvedFile>;
  /** The URL that a file is downloaded from. */
  resolveUrl(repo: string, path: string, options: Omit<RevisionOptions, 'signal'>): string;
  /**
   * Opens a file to read parts of it with ranged requests, so that its header is there without its gigabytes.
   *
   * @throws also `hub.no-ranges`, `hub.file-changed`
   */
  openFile(repo: string, path: string, options: OpenFileOptions): Promise<RemoteFile>;
  /** Lists the repos that fit; pages are fetched as the loop goes on. */
  search(query?: SearchQuery): AsyncIterable<RepoSummary>;
  /**
   * Tells whose token is sent. The Hub answers this only a few times a minute: ask once and keep the answer.
   *
   * @throws `hub.unauthorised` with the reason `missing-token` or `bad-token`
   */
  whoami(options?: { readonly signal?: AbortSignal | undefined }): Promise<Account>;
}
