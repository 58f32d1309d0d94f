import { threadId } from 'node:worker_threads';
import { ModelkeepError } from '@modelkeep/core';
import type { Tasks } from './task-types.ts';

const memory = new Map<string, unknown>();

/** @internal Tasks for the tests of this package. */
export const tasks: Tasks = {
  add: ({ a, b }: { a: number; b: number }) => a + b,
  addLater: async ({ a, b }: { a: number; b: number }) => a + b,
  fail: ({ path }: { path: string }) => {
    throw new ModelkeepError('io.not-found', { message: `no ${path}`, facts: { path }, hint: 'look elsewhere' });
  },
  count: ({ to }: { to: number }, context) => {
    for (let value = 1; value <= to; value += 1) context.report(value);
  },
  wait: (_input: unknown, context) =>
    new Promise((_, reject) => {
      context.signal.addEventListener('abort', () => reject(new Error('aborted')));
      context.report('waiting');
    }),
  spin: (_input: unknown, context) => {
    context.report('spinning');
    const until = performance.now() + 20_000;
    while (performance.now() < until) if (context.isCancelled()) throw new Error('cancelled');
    return 'was never cancelled';
  },
  holdUntilCancelled: async ({ released }: { released: SharedArrayBuffer }, context) => {
    context.report('holding');
    try {
      while (!context.isCancelled()) await new Promise((resolve) => setImmediate(resolve));
    } finally {
      Atomics.store(new Int32Array(released), 0, 1);
    }
  },
  remember: ({ key, value }: { key: string; value: unknown }) => void memory.set(key, value),
  recall: ({ key }: { key: string }) => memory.get(key),
  threadId: () => threadId,
  exit: () => process.exit(3),
  throwLater: () =>
    new Promise(() => {
      setImmediate(() => {
        throw new Error('nobody caught this');
      });
    }),
  sum: ({ bytes }: { bytes: Uint8Array }) => bytes.reduce((total, byte) => total + byte, 0),
};
