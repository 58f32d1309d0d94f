import { createLatestValue, type LatestValue } from './latest-value.ts';

/** What a person has to do before an operation goes on. */
export interface WaitingForUser {
  /** `token`: to give a token, or another one; `gate`: to accept conditions; `early-access`: to buy access, or to wait. */
  readonly reason: 'gate' | 'token' | 'early-access';
  /** Where that is done. */
  readonly url: string;
  /** When waiting alone will do: ISO 8601, where that is known. */
  readonly until?: string | undefined;
}

/** How far a long operation is. A snapshot: plain data that can be structured-cloned. */
export interface Progress {
  /** What is being done now. */
  readonly phase:
    | 'waiting'
    | 'waiting-for-user'
    | 'planning'
    | 'downloading'
    | 'paused'
    | 'copying'
    | 'hashing'
    | 'identifying'
    | 'publishing'
    | 'indexing'
    | 'collecting'
    | 'done';
  /** Bytes done, those that were present from the start included. */
  readonly bytesDone: number;
  /** Bytes in all; 0 when that is not known yet. */
  readonly bytesTotal: number;
  /** Smoothed rate of the bytes that are moved, 0 before the first measurement. */
  readonly bytesPerSecond: number;
  /** Time left in milliseconds, or null when that cannot be told. */
  readonly etaMs: number | null;
  /** `bytesDone / bytesTotal`, from 0 to 1. */
  readonly fraction: number;
  /** Files done and in all. */
  readonly filesDone: number;
  readonly filesTotal: number;
  /** The file that is worked on, or null. */
  readonly file: string | null;
  /** What is waited for in the phase `waiting-for-user`, and null in every other. */
  readonly waiting: WaitingForUser | null;
}

/** The progress before anything happened. */
export const noProgress: Progress = {
  phase: 'waiting',
  bytesDone: 0,
  bytesTotal: 0,
  bytesPerSecond: 0,
  etaMs: null,
  fraction: 0,
  filesDone: 0,
  filesTotal: 0,
  file: null,
  waiting: null,
};

/** A long operation that runs. Nobody has to await `result`: a failure is never an unhandled rejection. */
export interface Operation<T> {
  readonly progress: LatestValue<Progress>;
  readonly result: Promise<T>;
}

/**
 * Starts `run` and gives its handle.
 *
 * @param run - does the work; reports through `report`, which takes the fields that changed
 */
export function startOperation<T>(run: (report: (change: Partial<Progress>) => void) => Promise<T>): Operation<T> {
  const progress = createLatestValue<Progress>(noProgress);
  const report = (change: Partial<Progress>): void => progress.set({ ...progress.current, ...change });
  const result = run(report).finally(() => progress.end());
  result.catch(() => {});
  return { progress, result };
}
