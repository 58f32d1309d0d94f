import { isModelkeepError, ModelkeepError, redactUrl } from '@modelkeep/core';
import { serverWaitMs } from '@modelkeep/network';
import type { FetchContext } from '../fetch-context.ts';
import type { PartWriter } from '../part/part-writer.ts';
import type { TransferAnswer } from '../transfer-http.ts';

const MAX_FAILURES = 5;
/** With another source at hand nobody waits for long. */
const MAX_FAILURES_BEFORE_NEXT = 2;
/** A server that stalls after each few bytes makes progress for ever. */
const MAX_STALLS = 20;
const BASE_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;
const MAX_SERVER_WAIT_MS = 600_000;
const MAX_JITTER_MS = 1_000;
const MAX_OFFLINE_MS = 120_000;

/** @internal Something that another request may not meet. */
export interface AttemptFailure {
  readonly error: unknown;
  /** The answer, where it was one that passes: it may ask for a wait. */
  readonly answer?: TransferAnswer;
  /** Without a wait. */
  readonly atOnce?: boolean;
}

/** @internal Counts failures and waits between the requests of one fetch. */
export interface Attempts {
  /**
   * Returns when the next request may be made.
   *
   * @throws the error when no other request would help, `transfer.interrupted` after five failures without progress,
   * `network.rate-limited`, `signal.reason`
   */
  failed(failure: AttemptFailure, signal: AbortSignal): Promise<void>;
}

/** @internal Progress is what is durable: bytes that a crash takes away count for nothing. */
export function createAttempts(context: FetchContext, writer: Pick<PartWriter, 'bytesSafe' | 'checkpoint'>): Attempts {
  const { clock, random, logger, options, sources } = context;
  const url = redactUrl(sources.current.url);
  let highestBytes = writer.bytesSafe;
  let failures = 0;
  let stalls = 0;
  let offlineFailures = 0;
  let offlineSinceMs = 0;
  let circuitWaitMs = 0;

  const backOffMs = (count: number): number => random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** (count - 1));

  const interrupted = (cause: unknown): ModelkeepError =>
    new ModelkeepError('transfer.interrupted', {
      message: `fetching ${options.file} from ${url} failed ${failures} times without progress`,
      facts: { file: options.file, url, bytesOnDisk: writer.bytesSafe, attempts: failures },
      hint: 'what is on disk is kept: fetch it again when the network or the server is better',
      cause,
    });

  /** A machine that has been online during this fetch may soon be so again: that costs time but no attempt. */
  const waitForNetwork = async (error: unknown, signal: AbortSignal): Promise<void> => {
    const nowMs = clock.monotonicMs();
    if (offlineFailures === 0) offlineSinceMs = nowMs;
    offlineFailures += 1;
    if (context.bytesFetched === 0 || nowMs - offlineSinceMs >= MAX_OFFLINE_MS) throw error;
    await clock.sleep(Math.max(BASE_DELAY_MS, backOffMs(offlineFailures)), signal);
  };

  /** The server has failed so often that nobody asks it for a while: no attempt is made, and none is counted. */
  const waitForCircuit = async (error: ModelkeepError<'network.circuit-open'>, signal: AbortSignal): Promise<void> => {
    const waitMs = error.facts.retryAfterMs + random() * MAX_JITTER_MS;
    circuitWaitMs += waitMs;
    if (sources.hasMore || circuitWaitMs > MAX_SERVER_WAIT_MS) throw error;
    logger.info(`fetching ${options.file} waits for its server`, { url, waitMs });
    await clock.sleep(waitMs, signal);
  };

  return {
    async failed({ error, answer, atOnce = false }, signal) {
      if (isModelkeepError(error, 'network.circuit-open')) return waitForCircuit(error, signal);
      if (answer === undefined && !mayPass(error)) throw error;
      await writer.checkpoint();
      const progressed = writer.bytesSafe > highestBytes;
      highestBytes = Math.max(highestBytes, writer.bytesSafe);
      if (progressed) {
        offlineFailures = 0;
        circuitWaitMs = 0;
      }
      if (isModelkeepError(error, 'network.offline')) return waitForNetwork(error, signal);
      offlineFailures = 0;
      failures = progressed ? 0 : failures + 1;
      stalls += isModelkeepError(error, 'network.timeout') ? 1 : 0;
      const maxFailures = sources.hasMore ? MAX_FAILURES_BEFORE_NEXT : MAX_FAILURES;
      if (failures >= maxFailures || stalls >= MAX_STALLS) throw interrupted(error);
      const askedMs = answer === undefined ? null : serverWaitMs(answer.headers, clock.now());
      if (askedMs !== null && askedMs > MAX_SERVER_WAIT_MS) throw rateLimited(url, askedMs);
      const waitMs = askedMs === null ? backOffMs(Math.max(1, failures)) : askedMs + random() * MAX_JITTER_MS;
      logger.info(`fetching ${options.file} is tried again`, {
        url,
        failures,
        bytesOnDisk: writer.bytesSafe,
        error: String(error),
      });
      if (!atOnce) await clock.sleep(waitMs, signal);
      signal.throwIfAborted();
    },
  };
}

function mayPass(error: unknown): boolean {
  if (isModelkeepError(error, 'network.body')) return error.facts.reason === 'truncated';
  return (
    isModelkeepError(error, 'network.connection') ||
    isModelkeepError(error, 'network.timeout') ||
    isModelkeepError(error, 'network.offline')
  );
}

function rateLimited(url: string, retryAfterMs: number): ModelkeepError {
  return new ModelkeepError('network.rate-limited', {
    message: `${url} asks to wait for ${Math.ceil(retryAfterMs / 1_000)} s`,
    facts: { url, retryAfterMs },
    hint: 'what is on disk is kept: fetch it again after that time, or with a token that allows more',
  });
}
