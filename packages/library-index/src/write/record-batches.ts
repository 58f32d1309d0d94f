import { setImmediate } from 'node:timers/promises';
import type { ModelRecord } from '@modelkeep/core';
import type { SqlValue } from '@modelkeep/sqlite';
import { stagedRowOf } from './staged-row.ts';

const MOST_ROWS = 200;
const MOST_CHARACTERS = 500_000;

/** How long the main thread may prepare records before others have their turn. */
const SLICE_MS = 4;

/** @internal Records as rows for the worker, in batches that neither the main thread nor a message notices. */
export async function* recordBatches(
  records: Iterable<ModelRecord> | AsyncIterable<ModelRecord>,
  signal: AbortSignal | undefined,
): AsyncGenerator<(readonly SqlValue[])[]> {
  let batch: (readonly SqlValue[])[] = [];
  let characters = 0;
  let sliceStartedMs = performance.now();
  for await (const record of records) {
    signal?.throwIfAborted();
    const row = stagedRowOf(record);
    batch.push(row);
    characters += row.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0);
    if (batch.length >= MOST_ROWS || characters >= MOST_CHARACTERS) {
      yield batch;
      batch = [];
      characters = 0;
      sliceStartedMs = performance.now();
    } else if (performance.now() - sliceStartedMs > SLICE_MS) {
      await setImmediate();
      sliceStartedMs = performance.now();
    }
  }
  if (batch.length > 0) yield batch;
}
