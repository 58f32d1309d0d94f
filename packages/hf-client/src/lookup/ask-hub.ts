import { isModelkeepError, type ModelkeepError } from '@modelkeep/core';
import type { RepoSummary } from '../search/repo-summary.ts';
import { evidenceFor, ranked } from './compare-file.ts';
import type { FoundFile, LookupFailure, LookupSubject } from './lookup-types.ts';
import { readTree, type LookupContext } from './read-tree.ts';
import { searchTerms } from './search-terms.ts';
import { sortFiles } from './sort-files.ts';

/** How the hub is asked. */
export interface AskHubOptions {
  readonly subject: LookupSubject;
  readonly maxCandidates: number;
  readonly signal: AbortSignal | undefined;
}

/** What the hub answered. */
export interface HubFindings {
  readonly matches: readonly FoundFile[];
  readonly candidates: readonly FoundFile[];
  readonly hub: 'asked' | 'not-asked' | 'unreachable';
  readonly failures: readonly LookupFailure[];
}

/** Repos that one search tells. */
const REPOS_A_SEARCH = 50;

/**
 * Searches repos that have a file of the name, the most downloaded first, and compares the hashes of their files until
 * one agrees or `maxCandidates` were read.
 */
export async function askHub(context: LookupContext, options: AskHubOptions): Promise<HubFindings> {
  const { subject, maxCandidates, signal } = options;
  const terms = subject.fileName === undefined ? [] : searchTerms(subject.fileName);
  const failures: LookupFailure[] = [];
  const candidates = new Map<string, readonly FoundFile[]>();
  const findings = (hub: HubFindings['hub'], matches: readonly FoundFile[] = []): HubFindings => ({
    matches: ranked(matches),
    candidates: ranked([...candidates.values()].flat()),
    hub,
    failures,
  });
  const attempt = async <T>(repo: string | null, work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted === true || !isRequestFailure(error)) throw error;
      failures.push({ repo, code: error.code, message: error.message });
      return null;
    }
  };

  let readsLeft = isWorthReading(subject) ? maxCandidates : 0;
  for (const search of terms) {
    const repos = await attempt(null, () => reposWithFile(context, { ...options, search }));
    if (repos === null) return findings('unreachable');
    for (const repo of repos) {
      if (candidates.has(repo.id)) continue;
      candidates.set(repo.id, namedFiles(context.hub.endpoint, repo, subject));
      if (readsLeft === 0) continue;
      readsLeft -= 1;
      const tree = await attempt(repo.id, () => readTree(context, { repo: repo.id, commit: repo.commit, signal }));
      if (tree === null && isOutage(failures.at(-1))) return findings('unreachable');
      if (tree === null) continue;
      const { matches, others } = sortFiles({ tree, downloads: repo.downloads }, subject);
      candidates.set(repo.id, others);
      if (matches.length > 0) return findings('asked', matches);
    }
    if (candidates.size > 0 && readsLeft === 0) break;
  }
  return findings(terms.length === 0 ? 'not-asked' : 'asked');
}

/** With nothing to compare, the names of the files tell all there is to tell. */
function isWorthReading({ sha256, gitSha1, sizeBytes }: LookupSubject): boolean {
  return (sha256 ?? gitSha1 ?? sizeBytes) !== undefined;
}

/** The repos that a search finds and that have a file of the name, the most downloaded first. */
async function reposWithFile(
  { hub }: LookupContext,
  { search, subject, signal }: AskHubOptions & { readonly search: string },
): Promise<RepoSummary[]> {
  const repos: RepoSummary[] = [];
  const query = {
    search,
    sort: 'downloads',
    limit: REPOS_A_SEARCH,
    expand: ['siblings', 'downloads', 'sha'],
    signal,
  } as const;
  for await (const repo of hub.search(query)) {
    const hasFile = repo.siblings?.some((path) => evidenceFor({ path, sizeBytes: null }, subject) !== null);
    if (hasFile === true) repos.push(repo);
  }
  return repos.toSorted((a, b) => (b.downloads ?? -1) - (a.downloads ?? -1));
}

function namedFiles(endpoint: string, repo: RepoSummary, subject: LookupSubject): FoundFile[] {
  const { id, commit, downloads, siblings } = repo;
  return (siblings ?? []).flatMap((path) => {
    const evidence = evidenceFor({ path, sizeBytes: null }, subject);
    if (evidence === null) return [];
    return [{ endpoint, repo: id, commit, path, sizeBytes: null, sha256: null, gitSha1: null, downloads, evidence }];
  });
}

function isRequestFailure(error: unknown): error is ModelkeepError {
  return isModelkeepError(error) && /^(?:hub|network)\./u.test(error.code);
}

/** Whether the next request would fail in the same way. */
function isOutage(failure: LookupFailure | undefined): boolean {
  const code = failure?.code ?? '';
  return code.startsWith('network.') && code !== 'network.status' && code !== 'network.body';
}
