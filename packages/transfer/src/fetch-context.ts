import { isSha1, isSha256, ModelkeepError, silentLogger, systemClock, type Clock, type Logger } from '@modelkeep/core';
import type { FetchToPartOptions } from './fetch-options.ts';
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
  /** The ETag that the caller expects, or null. */
  readonly expectedEtag: string | null;
  readonly progress: ThrottledProgress;
  /** Bytes that came over the network. */
  bytesFetched: number;
  /** How often the file turned out to be another one. */
  sourceChanges: number;
  /** The source has answered a range with nonsense: it is asked for the whole file. */
  rangesAreBroken: boolean;
  /** Another process has taken the part's name: this call writes beside it. */
  isDisplaced: boolean;
}

/** @internal Checks what the caller expects. @throws `core.invalid-argument` */
export function createFetchContext(options: FetchToPartOptions): FetchContext {
  const { clock = systemClock, logger = silentLogger, random = Math.random, expected = {}, onProgress } = options;
  const { sizeBytes = null, sha256 = null, gitSha1 = null, etag = null } = expected;
  if (sha256 !== null && !isSha256(sha256)) throw invalid('expected.sha256', sha256);
  if (gitSha1 !== null && !isSha1(gitSha1)) throw invalid('expected.gitSha1', gitSha1);
  if (sizeBytes !== null && (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0)) {
    throw invalid('expected.sizeBytes', sizeBytes);
  }
  return {
    options,
    clock,
    logger,
    random,
    known: { sizeBytes, sha256, gitSha1 },
    expectedEtag: etag,
    progress: throttledProgress(clock, onProgress),
    bytesFetched: 0,
    sourceChanges: 0,
    rangesAreBroken: false,
    isDisplaced: false,
  };
}

function invalid(argument: string, found: unknown): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `${argument} is not what it should be: ${JSON.stringify(found)}`,
    facts: { argument, found },
    hint: 'digests are lower-case hex, sizes are whole numbers of bytes; null where nothing is known',
  });
}
