import { isModelkeepError } from '@modelkeep/core';
import type { ConnectionPermit } from '../connections/connection-budget.ts';
import type { FetchContext } from '../fetch-context.ts';
import type { PartWriter } from '../part/part-writer.ts';
import type { CurrentSource } from '../sources/source-list.ts';
import type { Attempts } from './attempts.ts';
import { createConnectionCount } from './connection-count.ts';
import { fetchClaim } from './fetch-claim.ts';
import { progressOf } from './progress-of.ts';
import { createRangeBoard, type Claim } from './range-board.ts';

/** What a single connection has sooner than another one gets going. */
const MIN_SHARED_BYTES = 8 * 1024 * 1024;

/** @internal What {@link runConnections} fetches. */
export interface RunConnectionsOptions {
  readonly context: FetchContext;
  readonly writer: PartWriter;
  readonly attempts: Attempts;
  readonly source: CurrentSource;
}

/**
 * @internal Fetches what is missing from one source: over one connection, and over more while they make it faster. It
 * returns when none of them writes any more.
 *
 * @returns `more` when bytes are missing, `start-over` when those that are there are of no use
 */
export async function runConnections(options: RunConnectionsOptions): Promise<'whole' | 'more' | 'start-over'> {
  const { context, writer, attempts, source } = options;
  const { known, maxConnections, connections } = context;
  const stop = new AbortController();
  const signal =
    context.options.signal === undefined ? stop.signal : AbortSignal.any([context.options.signal, stop.signal]);
  const count = createConnectionCount({ clock: context.clock, max: maxConnections });
  const running = new Set<Promise<void>>();
  /** Those that have not decided to end. */
  let active = 0;
  /** The source serves one connection, and no other one beside it. */
  let isRefused = false;
  let outcome: 'whole' | 'start-over' | undefined;
  let failure: { readonly error: unknown } | undefined;

  /** What a journal says of the size counts once the source, or a digest in the end, confirms it. */
  const totalBytes = (): number | null => {
    const isConfirmed = source.hasGiven || known.sha256 !== null || known.gitSha1 !== null;
    return known.sizeBytes ?? (isConfirmed ? writer.facts.totalBytes : null);
  };
  /** Whether bytes of two answers are known to be of one file: by a digest in the end, or by the ETag that is sent along. */
  const isSameFile = (): boolean => known.sha256 !== null || known.gitSha1 !== null || writer.facts.etag !== null;
  const board = createRangeBoard({
    get accepted() {
      return writer.accepted;
    },
    get totalBytes() {
      return totalBytes();
    },
    get hashedBytes() {
      return writer.bytesHashed;
    },
    get connections() {
      return Math.max(active, count.wanted);
    },
  });
  const wanted = (): number => (context.rangesAreBroken || isRefused || !isSameFile() ? 1 : count.wanted);
  const isSurplus = (): boolean => active > wanted();
  const origin = (): string => new URL(source.resolved?.url ?? source.url).origin;

  /** Undefined: this connection has nothing to do any more. */
  const nextClaim = async (): Promise<Claim | undefined> => {
    for (;;) {
      signal.throwIfAborted();
      const claim = board.take({ whole: active === 1 && wanted() === 1 });
      if (claim !== 'wait') return claim;
      await board.changed();
    }
  };
  /** One request after the other, until there is nothing to do. */
  const work = async (): Promise<void> => {
    while (!isSurplus()) {
      const isMissing = writer.bytesAccepted !== totalBytes();
      const isOfNoUse = context.rangesAreBroken || !isSameFile();
      if (isOfNoUse && isMissing && active === 1 && writer.bytesAccepted > 0) await writer.restart();
      const claim = await nextClaim();
      if (claim === undefined) return;
      const hasCompany = (): boolean => active > 1;
      const result = await fetchClaim({ context, writer, board, claim, source, signal, hasCompany, onBytes });
      board.release(claim);
      if (result === 'no-parts') return;
      if (result === 'whole' || result === 'start-over') {
        outcome ??= result;
        if (result === 'start-over') stop.abort();
        return;
      }
      if (result === 'more') continue;
      source.resolved = null;
      signal.throwIfAborted();
      if (active > 1) count.backOff();
      try {
        await attempts.failed(result, signal);
      } catch (error) {
        if (active === 1 || !isOfConnection(error)) throw error;
        isRefused = true;
        return;
      }
    }
  };
  const run = async (): Promise<void> => {
    try {
      await work();
    } finally {
      active -= 1;
    }
  };
  const start = (permit: ConnectionPermit): void => {
    active += 1;
    const connection: Promise<void> = run()
      .catch((error: unknown) => {
        if (outcome !== undefined && stop.signal.aborted) return;
        failure ??= { error };
        stop.abort(error);
      })
      .finally(() => {
        running.delete(connection);
        permit.release();
        board.notify();
      });
    running.add(connection);
  };
  const onBytes = (bytes: number): void => {
    count.note(bytes, active);
    context.progress.report(progressOf(context, writer, active));
    board.notify();
    const missingBytes = (totalBytes() ?? 0) - writer.bytesAccepted;
    if (missingBytes < MIN_SHARED_BYTES) return;
    while (active < wanted()) {
      const permit = connections.tryTake(origin());
      if (permit === undefined) return;
      start(permit);
    }
  };

  start(await connections.take(origin(), signal));
  while (running.size > 0) await Promise.race(running);
  if (failure !== undefined) throw failure.error;
  context.options.signal?.throwIfAborted();
  return outcome ?? (writer.bytesAccepted === totalBytes() ? 'whole' : 'more');
}

/** What says nothing about the connections that are served. */
function isOfConnection(error: unknown): boolean {
  return isModelkeepError(error, 'network.rate-limited') || isModelkeepError(error, 'transfer.interrupted');
}
