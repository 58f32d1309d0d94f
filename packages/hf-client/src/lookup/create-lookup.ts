import { ModelkeepError, silentLogger, systemClock, type Clock, type Logger } from '@modelkeep/core';
import { askHub, type HubFindings } from './ask-hub.ts';
import { checkSubject } from './check-subject.ts';
import { compareFile, evidenceFor, ranked } from './compare-file.ts';
import type { FoundFile, HashVerdict, HubLookup, LookupOptions, LookupResult, LookupSubject } from './lookup-types.ts';
import { readTree, type LookupContext, type LookupHub } from './read-tree.ts';
import type { TreeHit, TreeStore } from './repo-tree.ts';
import { sortFiles } from './sort-files.ts';

/** What a look-up is made of. */
export interface CreateLookupOptions {
  /** A hub client, or the part of one that is needed. */
  readonly hub: LookupHub;
  /** The trees that were seen before; those that a look-up reads are added. */
  readonly trees: TreeStore;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * Makes what finds out where a file comes from.
 *
 * @example
 * ```ts
 * import { createLookup, type HubClient, type TreeStore } from '@modelkeep/hf-client';
 *
 * declare const hub: HubClient;
 * declare const trees: TreeStore;
 * declare const sha256: string;
 * const lookup = createLookup({ hub, trees });
 * const { status, matches, candidates } = await lookup.lookupByHash(sha256, { fileName: 'flux1-dev.safetensors' });
 * console.log(status === 'match' ? matches[0]?.repo : `unknown, ${candidates.length} of that name`);
 * ```
 */
export function createLookup(options: CreateLookupOptions): HubLookup {
  const { hub, trees, clock = systemClock, logger = silentLogger } = options;
  const context: LookupContext = { hub, trees, clock, logger };
  return {
    lookupByHash: async (sha256, { maxCandidates, offline, signal, ...known } = {}) =>
      lookUp(context, checkSubject({ ...known, sha256 }), { maxCandidates, offline, signal }),
    lookupByFilename: async (fileName, { maxCandidates, offline, signal, ...known } = {}) =>
      lookUp(context, checkSubject({ ...known, fileName }), { maxCandidates, offline, signal }),
    verifyHashMatch: async (candidate, { signal, ...subject }) =>
      verify(context, { candidate, subject: checkSubject(subject), signal }),
  };
}

async function lookUp(context: LookupContext, subject: LookupSubject, options: LookupOptions): Promise<LookupResult> {
  const { maxCandidates = 10, offline = false, signal } = options;
  if (!Number.isSafeInteger(maxCandidates) || maxCandidates < 0) {
    throw new ModelkeepError('core.invalid-argument', {
      message: `maxCandidates is a whole number, not ${maxCandidates}`,
      facts: { argument: 'maxCandidates', found: maxCandidates },
    });
  }
  const seen = await searchTrees(context, subject, signal);
  if (seen.matches.length > 0) return { status: 'match', ...seen, hub: 'not-asked', failures: [] };
  if (offline) return { status: 'unknown', ...seen, hub: 'not-asked', failures: [] };
  const found = await askHub(context, { subject, maxCandidates, signal });
  return {
    ...found,
    status: found.matches.length > 0 ? 'match' : 'unknown',
    candidates: ranked(withoutTwice([...found.candidates, ...seen.candidates])),
  };
}

/** What the trees that were seen before tell. */
async function searchTrees(
  { trees }: LookupContext,
  subject: LookupSubject,
  signal: AbortSignal | undefined,
): Promise<Pick<HubFindings, 'matches' | 'candidates'>> {
  const { sha256, gitSha1, fileName } = subject;
  const hits: TreeHit[] = [];
  for (const hash of [sha256, gitSha1])
    if (hash !== undefined) hits.push(...(await trees.findByHash(hash, { signal })));
  const byHash = sortHits(hits, subject);
  if (byHash.matches.length > 0 || fileName === undefined) return byHash;
  return sortHits(await trees.findByFileName(fileName, { signal }), subject);
}

/** The newest tree of a repo first: it is the likeliest to be there still. */
function sortHits(hits: readonly TreeHit[], subject: LookupSubject): Pick<HubFindings, 'matches' | 'candidates'> {
  const newestFirst = hits.toSorted((a, b) => (a.fetchedAt > b.fetchedAt ? -1 : Number(a.fetchedAt < b.fetchedAt)));
  const sorted = newestFirst.map(({ file, ...tree }) =>
    sortFiles({ tree: { ...tree, files: [file] }, downloads: null }, subject),
  );
  const matches = sorted.flatMap((files) => files.matches);
  const candidates = ranked(withoutTwice(sorted.flatMap(({ others }) => others)));
  return { matches, candidates };
}

/** A file of several commits of one repo is told once, as it was met first. */
function withoutTwice(files: readonly FoundFile[]): FoundFile[] {
  const places = new Set<string>();
  return files.filter(({ endpoint, repo, path }) => {
    const place = JSON.stringify([endpoint, repo, path]);
    return places.has(place) ? false : places.add(place);
  });
}

interface VerifyOptions {
  readonly candidate: Pick<FoundFile, 'repo' | 'commit' | 'path'>;
  readonly subject: LookupSubject;
  readonly signal: AbortSignal | undefined;
}

async function verify(context: LookupContext, { candidate, subject, signal }: VerifyOptions): Promise<HashVerdict> {
  if (subject.sha256 === undefined && subject.gitSha1 === undefined) {
    throw new ModelkeepError('core.invalid-argument', {
      message: 'there is no hash to compare with',
      facts: { argument: 'sha256' },
      hint: 'give sha256, or gitSha1 for a small file',
    });
  }
  const { repo, commit, path } = candidate;
  const tree = await readTree(context, { repo, commit, signal });
  const file = tree.files.find((entry) => entry.path === path);
  if (file === undefined) return { status: 'unknown', file: null };
  const status = compareFile(file, subject);
  const evidence = status === 'match' ? 'hash' : (evidenceFor(file, subject) ?? 'name');
  const { endpoint } = tree;
  return { status, file: { ...file, endpoint, repo: tree.repo, commit: tree.commit, downloads: null, evidence } };
}
