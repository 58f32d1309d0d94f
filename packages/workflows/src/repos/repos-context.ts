import type { Clock, Logger } from '@modelkeep/core';
import type { SharedState } from '@modelkeep/fleet';
import type { HubClient, RepoTree, TreeStore } from '@modelkeep/hf-client';
import type { FileSystem } from '@modelkeep/io';
import type { LibraryStore } from '@modelkeep/library';
import type { Transfers } from '@modelkeep/transfer';
import type { Download } from '../acquire/download.ts';
import type { DownloadPlan } from '../acquire/download-plan.ts';
import type { DownloadOptions } from '../acquire/download-types.ts';
import type { RunningArtifacts } from './running-artifacts.ts';

/** @internal Which files of which commit. */
export interface FilesToPlan {
  readonly repo: string;
  readonly revision: string;
  readonly paths: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** @internal What the repos of a library work with. */
export interface ReposContext {
  /** @throws `library.read-only` where there is none */
  readonly stateNow: () => SharedState;
  readonly store: LibraryStore;
  readonly fileSystem: FileSystem;
  readonly hub: HubClient;
  readonly trees: TreeStore;
  readonly transfers: Transfers;
  readonly plan: (files: FilesToPlan) => Promise<DownloadPlan>;
  readonly download: (plan: DownloadPlan, options: DownloadOptions) => Download;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** @internal The same, with what runs in this process. */
export interface RunningRepos extends ReposContext {
  readonly state: SharedState;
  readonly running: RunningArtifacts;
}

/** @internal The file list that files are fetched from. */
export type FetchedTree = Pick<RepoTree, 'repo' | 'commit' | 'gated'>;
