import type { WorkerLease, WorkerPool } from '@modelkeep/workers';
import type { DriveQueue, Place, PlaceRequest } from './drive-queue.ts';

/** @internal How {@link queuedPool} asks for places. */
export interface QueuedPoolOptions {
  readonly queue: DriveQueue;
  readonly request: PlaceRequest;
  /** Ends all waits. */
  readonly signal: AbortSignal;
}

type Run = WorkerPool['run'];

/** The tasks that wait for a drive; hashing what is in memory does not. */
const queuedTasks = new Set(['writeFile', 'syncFile', 'hashRange', 'readPiece']);

/**
 * @internal The same pool, but each of an open file's tasks takes a place on the drive for as long as it runs: a batch, a sync, a piece
 * that is read back. Where a place is free, that costs a counter.
 */
export function queuedPool(pool: WorkerPool, options: QueuedPoolOptions): WorkerPool {
  const { queue, request, signal } = options;
  return {
    run: <Output>(...[task, input, callOptions]: Parameters<Run>): Promise<Output> => {
      if (!queuedTasks.has(task)) return pool.run<Output>(task, input, callOptions);
      const start = (place: Place): Promise<Output> =>
        untilDone(pool.run<Output>(task, input, callOptions), place, input);
      const place = queue.tryTake(request);
      return place === undefined ? queue.take(request, signal).then(start) : start(place);
    },
    lease: () => queuedLease(pool.lease(), options),
    close: () => pool.close(),
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

/** A hash is made in the order of its calls: one that waits for the drive holds up those behind it. */
function queuedLease(lease: WorkerLease, { queue, request, signal }: QueuedPoolOptions): WorkerLease {
  let before: Promise<unknown> | undefined;
  return {
    run: <Output>(...[task, input, callOptions]: Parameters<Run>): Promise<Output> => {
      const start = (place: Place | undefined): Promise<Output> => {
        const result = lease.run<Output>(task, input, callOptions);
        return place === undefined ? result : untilDone(result, place, input);
      };
      const isQueued = queuedTasks.has(task);
      if (before === undefined) {
        const place = isQueued ? queue.tryTake(request) : undefined;
        if (!isQueued || place !== undefined) return start(place);
      }
      const startInTurn = async (): Promise<{ readonly result: Promise<Output> }> => {
        await before;
        return { result: start(isQueued ? await queue.take(request, signal) : undefined) };
      };
      const started = startInTurn();
      const endTurn = (): void => {
        if (before === turn) before = undefined;
      };
      const turn: Promise<void> = started.then(endTurn, endTurn);
      before = turn;
      return started.then(({ result }) => result);
    },
    release: () => lease.release(),
  };
}

function untilDone<Output>(result: Promise<Output>, place: Place, input: unknown): Promise<Output> {
  const release = (): void => place.release(bytesOf(input));
  // Not `finally`: that would reject once more, and nobody would hear of it.
  result.then(release, release);
  return result;
}

interface Sized {
  readonly pieces?: readonly { readonly lengthBytes: number }[];
  readonly startBytes?: number;
  readonly endBytes?: number;
}

function bytesOf(input: unknown): number {
  const { pieces = [], startBytes = 0, endBytes = 0 } = input as Sized;
  return pieces.reduce((sum, { lengthBytes }) => sum + lengthBytes, endBytes - startBytes);
}
