import { isModelkeepError } from '@modelkeep/core';
import { toldByRegistry, type LibraryStore } from '@modelkeep/library';
import { isMatched, type RowMatch, type RowToMatch } from './match-rows.ts';
import type { OpenRegistry } from './open-registry.ts';
import { readEntries } from './read-rows.ts';
import type { RegistryNotes } from './registry-notes.ts';

const MODELS_AT_ONCE = 200;
/** A copy of its file in each place is a row; more of them are no registry's. */
const MOST_ROWS_OF_MODEL = 100;

function keysOfModels(rows: readonly RowToMatch[], matches: readonly RowMatch[]): ReadonlyMap<string, string[]> {
  const keysOf = new Map<string, string[]>();
  for (const [position, { key }] of rows.entries()) {
    const match = matches[position];
    if (!isMatched(match)) continue;
    const keys = keysOf.get(match.modelId);
    if (keys === undefined) keysOf.set(match.modelId, [key]);
    else keys.push(key);
  }
  return keysOf;
}

/** @internal What goes with {@link tellModels}. */
export interface TellModelsOptions {
  readonly rows: readonly RowToMatch[];
  /** In the order of the rows. */
  readonly matches: readonly RowMatch[];
  readonly notes: RegistryNotes;
  readonly signal: AbortSignal | undefined;
}

/** @internal Tells each model what its rows say. One that cannot be changed is a problem of the report. @throws `io.*` */
export async function tellModels(
  store: LibraryStore,
  registry: OpenRegistry,
  { rows, matches, notes, signal }: TellModelsOptions,
): Promise<void> {
  const models = [...keysOfModels(rows, matches)];
  for (let start = 0; start < models.length; start += MODELS_AT_ONCE) {
    const some = models.slice(start, start + MODELS_AT_ONCE);
    const wanted = some.flatMap(([, keys]) => keys.slice(0, MOST_ROWS_OF_MODEL));
    const entries = await readEntries(registry, wanted, signal);
    for (const [modelId, keys] of some) {
      signal?.throwIfAborted();
      if (keys.length > MOST_ROWS_OF_MODEL)
        notes.problem({ row: keys[0] ?? null, field: null, reason: `${keys.length} rows are about this file` });
      const told = toldByRegistry(
        keys.flatMap((key) => entries.get(key) ?? []),
        registry.writtenAt,
      );
      try {
        const record = await store.resolve(modelId);
        const { revision } = await store.tell(record, told);
        notes.told(revision !== record.revision);
      } catch (error) {
        // A model that cannot be changed does not hide the others; a drive that fails does.
        if (!isModelkeepError(error) || error.code.startsWith('io.') || error.code === 'library.read-only') throw error;
        notes.problem({ row: keys[0] ?? null, field: null, reason: error.message });
      }
    }
  }
}
