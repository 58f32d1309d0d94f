import { setImmediate } from 'node:timers/promises';
import { ModelkeepError, type ModelRecord } from '@modelkeep/core';

/** How long the main thread may parse before others have their turn. */
const SLICE_MS = 4;

/**
 * @internal The records of rows, in their order.
 *
 * @throws `sqlite.corrupt` for a text that is no record
 */
export async function parseRecords(rows: readonly { readonly record: string }[], path: string): Promise<ModelRecord[]> {
  const records: ModelRecord[] = [];
  let sliceStartedMs = performance.now();
  for (const { record } of rows) {
    if (performance.now() - sliceStartedMs > SLICE_MS) {
      await setImmediate();
      sliceStartedMs = performance.now();
    }
    records.push(parseRecord(record, path));
  }
  return records;
}

function parseRecord(text: string, path: string): ModelRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw corrupt(path, error);
  }
  if (isRecord(value)) return value;
  throw corrupt(path);
}

/** The index is written by this package alone; this only tells damage from a record. */
function isRecord(value: unknown): value is ModelRecord {
  return typeof value === 'object' && value !== null && typeof (value as Partial<ModelRecord>).id === 'string';
}

function corrupt(path: string, cause?: unknown): ModelkeepError {
  return new ModelkeepError('sqlite.corrupt', {
    message: `${path} holds something that is no model record`,
    facts: { path },
    hint: 'set the file aside and rebuild the index from the metadata',
    cause,
  });
}
