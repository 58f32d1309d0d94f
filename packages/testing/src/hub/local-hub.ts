import type { FaultBox } from '../faults/fault-box.ts';
import type { Pace } from './hub-options.ts';
import type { RequestRecord } from './http/request-log.ts';
import type { RepoCommit, RepoSettings } from './repo/hosted-repo.ts';
import type { RepoDefinition, RepoType } from './repo-definition.ts';

/** A repo of a hub by its type. */
export interface RepoChoice {
  /** @default 'model' */
  readonly type?: RepoType;
}

/** A running hub: two servers that speak the protocol of the Hugging Face Hub. */
export interface LocalHub extends AsyncDisposable {
  /** The origin to give to a client as its endpoint, without a slash at the end. */
  readonly hubUrl: string;
  /** The origin that LFS files are served from. */
  readonly cdnUrl: string;
  /** All requests since the start or the last reset, in the order of arrival; records are filled while they are answered. */
  readonly requests: readonly RequestRecord[];
  resetRequests(): void;
  readonly faults: FaultBox;
  setPace(pace: Pace): void;
  /**
   * Adds a repo; returns its commit id.
   *
   * @throws `core.invalid-argument` when there is one with this id or a path is listed twice
   */
  addRepo(definition: RepoDefinition): Promise<string>;
  /** Changes the settings of a repo: gate, grants, tags, … The files change by {@link LocalHub.commit}. */
  changeRepo(id: string, settings: RepoSettings & RepoChoice): void;
  /** Gives a repo another id; requests for the old one are redirected. @throws `core.invalid-argument` when there is no such repo */
  renameRepo(id: string, newId: string, choice?: RepoChoice): void;
  removeRepo(id: string, choice?: RepoChoice): void;
  /**
   * Makes a commit and moves the branch to it; returns the new commit id, which depends on the content only.
   *
   * @throws `core.invalid-argument` when there is no such repo or branch
   */
  commit(id: string, commit: RepoCommit & RepoChoice): Promise<string>;
  /**
   * Points a branch at a commit that the repo has, as a forced push does. @default branch 'main'
   *
   * @throws `core.invalid-argument` when there is no such repo, branch or commit
   */
  moveBranch(id: string, target: RepoChoice & { readonly branch?: string; readonly commit: string }): Promise<void>;
  /**
   * Removes a commit, with the files in LFS that only it has, as a history that was rewritten and cleaned up.
   *
   * @throws `core.invalid-argument` for a commit that a branch or tag points at
   */
  forgetCommit(id: string, commit: string, choice?: RepoChoice): Promise<void>;
  /** The commit that a branch, tag or reference names now. @default revision 'main' */
  commitOf(id: string, options?: RepoChoice & { readonly revision?: string }): Promise<string>;
  /** Destroys every connection and frees both ports. A second call does nothing. */
  close(): Promise<void>;
}
