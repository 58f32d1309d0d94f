import { setImmediate } from 'node:timers/promises';
import type { ModelRecord } from '@modelkeep/core';
import type { SqlValue } from '@modelkeep/sqlite';
import { stagedRowOf } from './staged-row.ts';

const MOST_ROWS = 200;
const MOST_CHARACTERS = 500_000;

/** How long the main thread may prepare records before others have their turn. */
const SLICE_MS = 4;

/** @internal Records for one message to the worker. */
export interface RecordBatch {
  readonly rows: readonly (readonly SqlValue[])[];
  /** Words that no batch before had. */
  readonly newWords: readonly string[];
}

/** @internal Records as rows for the worker, in batches that neither the main thread nor a message notices. */
export async function* recordBatches(
  records: Iterable<ModelRecord> | AsyncIterable<ModelRecord>,
  signal: AbortSignal | undefined,
): AsyncGenerator<RecordBatch> {
  const known = new Set<string>();
  let rows: (readonly SqlValue[])[] = [];
  let newWords: string[] = [];
  let characters = 0;
  let sliceStartedMs = performance.now();
  const take = (): RecordBatch => {
    const batch = { rows, newWords };
    rows = [];
    newWords = [];
    characters = 0;
    return batch;
  };
  for await (const record of records) {
    signal?.throwIfAborted();
    const row = stagedRowOf(record);
    rows.push(row.values);
    characters += row.characters;
    for (const word of row.words.split(' ')) {
      if (known.has(word) || word === '') continue;
      known.add(word);
      newWords.push(word);
    }
    if (rows.length >= MOST_ROWS || characters >= MOST_CHARACTERS) {
      yield take();
      sliceStartedMs = performance.now();
    } else if (performance.now() - sliceStartedMs > SLICE_MS) {
      await setImmediate();
      sliceStartedMs = performance.now();
    }
  }
  if (rows.length > 0) yield take();
}
