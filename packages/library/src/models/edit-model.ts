import { newId, type HistoryEntry, type ModelOverrides, type ModelRecord } from '@modelkeep/core';
import { checkedEdit, type EditableFact, type ModelEdit } from '../metadata/check-edit.ts';
import { effectiveRecord } from '../metadata/effective-record.ts';
import { readHistory } from '../metadata/history.ts';
import { stableJson } from '../metadata/stable-json.ts';
import type { StoreContext } from '../store-context.ts';
import { changeModel } from './change-model.ts';
import { onDisk } from './on-disk.ts';
import { readModel } from './walk-models.ts';

/** What to change: a list of statements, or a function that makes it from what the model is at that moment. */
export type ModelChanges = ModelEdit | ((present: ModelRecord) => ModelEdit);

/** @internal Changes the user's layer of a model. What it is stored as and where it stands stay as they are. */
export async function editModel(
  context: StoreContext,
  reference: string,
  { changes, signal }: { readonly changes: ModelChanges; readonly signal?: AbortSignal | undefined },
): Promise<ModelRecord> {
  // A list is checked before anything is looked up: what is wrong with it does not depend on the model.
  const known = typeof changes === 'function' ? null : checkedEdit(changes);
  return onDisk(context, reference, ({ id, slug }, home) =>
    changeModel(home, {
      id,
      slug,
      txn: newId(),
      signal,
      change: ({ metadata, overrides }) => {
        const statements = known ?? checkedEdit((changes as MadeChanges)(effectiveRecord(metadata, overrides)));
        return { metadata, overrides: withStatements(overrides, statements) };
      },
    }),
  );
}

type MadeChanges = (present: ModelRecord) => ModelEdit;

/** @internal The user's layer with more statements; the same object where they change nothing. */
export function withStatements(
  overrides: ModelOverrides,
  statements: ReadonlyMap<EditableFact, unknown>,
): ModelOverrides {
  const fields: Record<string, unknown> = { ...overrides.fields };
  for (const [name, value] of statements) {
    if (value === null) delete fields[name];
    else fields[name] = value;
  }
  return stableJson(fields) === stableJson(overrides.fields ?? {}) ? overrides : { ...overrides, fields };
}

/** @internal The changes that a model remembers, the oldest first. */
export async function historyOf(context: StoreContext, reference: string): Promise<readonly HistoryEntry[]> {
  return onDisk(context, reference, async ({ slug }, home) => {
    const { metadata } = await readModel(home.fileSystem, home.layout, slug);
    return readHistory(metadata);
  });
}
