import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { changesByHand } from '../metadata/history.ts';
import { OVERRIDES_FILE } from '../metadata/metadata-file.ts';
import { timestamp, withLock, type StoreContext } from '../store-context.ts';
import type { RecordedEdit } from '../transaction/transaction-record.ts';
import { lockOf, readSameModel, writeChange } from './change-model.ts';
import type { FoundModel } from './walk-models.ts';

/** What `readJson` takes at most. */
const MAX_BYTES = 16 * 1024 * 1024;
const cannotBeFinished = [
  'io.not-found',
  'library.corrupt-metadata',
  'library.model-not-found',
  'library.invalid',
  'core.format-newer',
] as const;

/**
 * @internal Finishes an edit whose process is gone: the history and the index learn what overrides.json says already.
 *
 * @returns whether it had been committed
 */
export async function finishEdit(context: StoreContext, txn: string, edit: RecordedEdit): Promise<boolean> {
  return withLock(context, lockOf(edit), async () => {
    try {
      const found = await readSameModel(context, edit);
      if (!(await isCommitted(context, { found, txn, edit }))) return false;
      const { revision } = found.metadata;
      const cause = { at: timestamp(context), revision: revision + 1 };
      // Another process may have changed the model since, and noted what it found.
      const open = new Set(changesByHand(found, cause).map(({ field }) => field));
      const changes = edit.changes
        .filter(({ layer, field }) => layer === 'user' && open.has(field))
        .map((change) => ({ ...change, revision: cause.revision }));
      // Choices that are no facts have no entries: the revision has to grow for the index to take them.
      const isChoice = edit.changes.length === 0 && found.metadata.txn !== txn;
      if (changes.length === 0 && !isChoice) await context.index.upsert([found.record]);
      else await writeChange(context, { found, changed: found, changes, txn });
      return true;
    } catch (error) {
      if (cannotBeFinished.some((code) => isModelkeepError(error, code))) return false;
      throw error;
    }
  });
}

interface Commitment {
  readonly found: FoundModel;
  readonly txn: string;
  readonly edit: RecordedEdit;
}

async function isCommitted(context: StoreContext, { found, txn, edit }: Commitment): Promise<boolean> {
  if (found.metadata.txn === txn) return true;
  const text = await context.fileSystem.readFile(join(found.folder, OVERRIDES_FILE), { maxBytes: MAX_BYTES });
  return createHash('sha256').update(text).digest('hex') === edit.overridesSha256;
}
