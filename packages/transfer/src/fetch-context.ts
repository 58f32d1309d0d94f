import { isSha1, isSha256, ModelkeepError, silentLogger, systemClock, type Clock, type Logger } from '@modelkeep/core';
import { createConnectionBudget, type ConnectionBudget } from './connections/connection-budget.ts';
import type { FetchToPartOptions } from './fetch-options.ts';
import { createSourceList, type SourceList } from './sources/source-list.ts';
import { throttledProgress, type ThrottledProgress } from './throttled-progress.ts';

/** @internal What is known of the file: from the caller, and filled up from what the source tells. */
export interface KnownContent {
  sizeBytes: number | null;
  sha256: string | null;
  gitSha1: string | null;
}

/** @internal One call of {@link fetchToPart}, while it runs. */
export interface FetchContext {
  readonly options: FetchToPartOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly known: KnownContent;
  readonly sources: SourceList;
  readonly connections: ConnectionBudget;
  /** Connections at most: 1 once wrong bytes came, of which nobody can say over which connection. */
  maxConnections: number;
  readonly progress: ThrottledProgress;
  /** Bytes that came over the network. */
  bytesFetched: number;
  /** The ETags of other files that were found in its place; several connections find the same one. */
  readonly changedEtags: Set<string | null>;
  /** The source does not send the parts that it is asked for: it is asked for the whole file. */
  rangesAreBroken: boolean;
  /** Another process has taken the part's name: this call writes beside it. */
  isDisplaced: boolean;
}

/** @internal Checks what the caller expects. @throws `core.invalid-argument` */
export function createFetchContext(options: FetchToPartOptions): FetchContext {
  const { clock = systemClock, logger = silentLogger, random = Math.random, expected = {}, onProgress } = options;
  const { url, headers, mirrors = [], maxConnections = 8, connections = createConnectionBudget() } = options;
  const { sizeBytes = null, sha256 = null, gitSha1 = null, etag = null } = expected;
  if (sha256 !== null && !isSha256(sha256)) throw invalid('expected.sha256', sha256);
  if (gitSha1 !== null && !isSha1(gitSha1)) throw invalid('expected.gitSha1', gitSha1);
  if (sizeBytes !== null && (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0)) {
    throw invalid('expected.sizeBytes', sizeBytes);
  }
  if (!Number.isSafeInteger(maxConnections) || maxConnections < 1) throw invalid('maxConnections', maxConnections);
  return {
    options,
    sources: createSourceList([{ url, headers, expectedEtag: etag }, ...mirrors], logger),
    connections,
    maxConnections,
    clock,
    logger,
    random,
    known: { sizeBytes, sha256, gitSha1 },
    progress: throttledProgress(clock, onProgress),
    bytesFetched: 0,
    changedEtags: new Set(),
    rangesAreBroken: false,
    isDisplaced: false,
  };
}

function invalid(argument: string, found: unknown): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `${argument} is not what it should be: ${JSON.stringify(found)}`,
    facts: { argument, found },
    hint: 'digests are lower-case hex, sizes and counts are whole numbers; null where nothing is known',
  });
}
