import type { Progress } from '@modelkeep/core';
import type { LibraryRepos } from '../repos/library-repos.ts';
import { verifyArtifacts, type RepoFileProblem, type RepoFilesReport } from '../repos/verify-artifacts.ts';
import type { VerifyLibraryContext } from './verify-library.ts';

/** A small file of a repo that could not be had again. */
export interface RepoFileFailure extends RepoFileProblem {
  /** For people. */
  readonly reason: string;
}

/** What a repair found and did in `repos/` of a library. */
export interface RepoFilesRepair {
  readonly found: RepoFilesReport;
  /** Fetched again, of the commit that their repo was synced at. */
  readonly repaired: readonly RepoFileProblem[];
  readonly failures: readonly RepoFileFailure[];
  readonly bytesFetched: number;
}

/** @internal */
export interface RepairRepoFilesContext extends VerifyLibraryContext {
  readonly repos: () => Pick<LibraryRepos, 'download'>;
}

/** @internal Verifies the small files of repos, and fetches again what is wrong. */
export async function repairRepoFiles(
  { store, io, shared, repos }: RepairRepoFilesContext,
  {
    depth,
    report,
    signal,
  }: {
    readonly depth: 'hash' | 'size';
    readonly report: (change: Partial<Progress>) => void;
    readonly signal: AbortSignal;
  },
): Promise<RepoFilesRepair> {
  if (shared === null) {
    return { found: { files: 0, bytesHashed: 0, problems: [] }, repaired: [], failures: [], bytesFetched: 0 };
  }
  const found = await verifyArtifacts({ store, io, state: shared.state }, { depth, report, signal });
  const repaired: RepoFileProblem[] = [];
  const failures: RepoFileFailure[] = [];
  let bytesFetched = 0;
  for (const problem of found.problems) {
    if (problem.problem === 'unreadable') {
      failures.push({ ...problem, reason: `the drive does not give it: ${problem.found}` });
      continue;
    }
    report({ phase: 'downloading', file: problem.path });
    try {
      bytesFetched += (await repos().download([problem.artifactId], { signal }).result).bytesFetched;
      repaired.push(problem);
    } catch (error) {
      signal.throwIfAborted();
      failures.push({ ...problem, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { found, repaired, failures, bytesFetched };
}
