import { isModelkeepError } from '@modelkeep/core';
import type { SqlResult, SqlStatement } from '@modelkeep/sqlite';

/** @internal Statements that belong together, and what is made of their results. */
export interface WriteUnit<T> {
  readonly statements: readonly SqlStatement[];
  /** What it throws fails this unit alone, whose statements then have to have changed nothing. */
  readonly read: (results: readonly SqlResult[]) => T;
}

/** @internal */
export interface WriteQueue {
  /** Resolves when it is committed. Aborting takes out what has not begun. */
  write<T>(unit: WriteUnit<T>, signal?: AbortSignal): Promise<T>;
  /** Returns when nothing waits or runs. */
  idle(): Promise<void>;
}

interface Waiting {
  readonly statements: readonly SqlStatement[];
  readonly signal: AbortSignal | undefined;
  readonly settle: (results: readonly SqlResult[]) => void;
  readonly fail: (error: unknown) => void;
}

const MOST_UNITS = 1_000;

/**
 * @internal While a transaction runs, what comes is gathered; the next one takes all of it. So a busy process commits (and
 * waits for the others' locks) once for many writes.
 */
export function createWriteQueue(
  transact: (statements: readonly SqlStatement[]) => Promise<readonly SqlResult[]>,
): WriteQueue {
  const waiting: Waiting[] = [];
  const state: { running: Promise<void> | undefined } = { running: undefined };

  const commit = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const results = await transact(group.flatMap(({ statements }) => statements));
      let first = 0;
      for (const { statements, settle } of group) {
        settle(results.slice(first, first + statements.length));
        first += statements.length;
      }
    } catch (error) {
      // A statement of one of them failed and took the others along: nothing was committed, so each has its own try.
      const isOneOfMany = group.length > 1 && isModelkeepError(error, 'sqlite.failed');
      if (isOneOfMany) for (const one of group) await commit([one]);
      else for (const { fail } of group) fail(error);
    }
  };
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting.splice(0, MOST_UNITS).filter(({ signal, fail }) => {
        if (signal?.aborted === true) fail(signal.reason);
        return signal?.aborted !== true;
      });
      if (group.length > 0) await commit(group);
    }
    state.running = undefined;
  };
  return {
    write: ({ statements, read }, signal) =>
      new Promise((resolve, reject) => {
        const settle = (results: readonly SqlResult[]): void => {
          try {
            resolve(read(results));
          } catch (error) {
            reject(error);
          }
        };
        waiting.push({ statements, signal, settle, fail: (error) => reject(error) });
        // What is written in the same turn goes into the same transaction.
        state.running ??= Promise.resolve().then(run);
      }),
    async idle() {
      while (state.running !== undefined) await state.running;
    },
  };
}
