import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FolderEntry } from '@modelkeep/io';
import { withLock, type StoreContext } from '../store-context.ts';
import { isFolderStore } from '../folder-store/contents.ts';
import { finishEdit } from '../models/finish-edit.ts';
import { finishModelMove } from '../models/finish-model-move.ts';
import { finishRemoval } from '../models/remove-model.ts';
import { projectFiles } from '../models/project-files.ts';
import { readModel } from '../models/walk-models.ts';
import { discardTransaction } from './discard-transaction.ts';
import { isAbandoned } from './is-abandoned.ts';
import type { MovedFile } from './moved-file.ts';
import { finishMove, undoMoves } from './moved-files.ts';
import { removeTree } from './remove-tree.ts';
import { sweepLeftovers } from './sweep-leftovers.ts';
import {
  listTransactions,
  readTransaction,
  transactionFolder,
  writeTransaction,
  type RecordedModel,
  type TransactionRecord,
} from './transaction-record.ts';

/** How long what was downloaded in part waits for somebody who wants it. */
const KEEP_PARTS_MS = 14 * 24 * 60 * 60 * 1_000;

/** What opening a library found of earlier processes. */
export interface RecoveryReport {
  /** Transactions that had committed and were finished now. */
  readonly finished: number;
  /** Transactions whose parts wait to be resumed. */
  readonly resumable: number;
  /** Transactions that nobody wanted for 14 days, or that held nothing. */
  readonly discarded: number;
  /** Models that have got another place: what leads to their files is to be led there. */
  readonly moved?: readonly string[] | undefined;
}

/**
 * @internal R1, R2 and R4: looks after the transactions whose process is gone. What was committed is finished; what was not
 * is kept to be resumed, because the same content is likely to be asked for again.
 */
export async function recoverTransactions(context: StoreContext): Promise<RecoveryReport> {
  const report = { finished: 0, resumable: 0, discarded: 0 };
  const moved: string[] = [];
  await withLock(context, 'transactions', async () => {
    for (const id of await listTransactions(context)) {
      const record = await readTransaction(context, id);
      if (record === null || !(await isAbandoned(context, record))) continue;
      const outcome = await recoverTransaction(context, record);
      report[outcome] += 1;
      if (outcome === 'finished') moved.push(...movedBy(record));
    }
    await sweepLeftovers(context);
  });
  return moved.length === 0 ? report : { ...report, moved };
}

/** A model that gets another folder is recorded with both; one whose file was moved in may have been outside before. */
function movedBy({ move, moves, models, files, removal }: TransactionRecord): string[] {
  const ids = models.map(({ id }) => id);
  const relocated = files.length === 0 ? ids.filter((id, place) => ids.indexOf(id) < place) : [];
  const joined = removal?.into === undefined ? [] : [removal.id];
  return [
    ...(move === undefined ? [] : [move.id]),
    ...joined,
    ...relocated,
    ...(moves.length === 0 ? [] : new Set(ids)),
  ];
}

/** @internal Whether nobody wanted what a transaction began for so long that its parts go. */
export function isExpired({ clock }: StoreContext, { startedAt }: TransactionRecord): boolean {
  return clock.now() - Date.parse(startedAt) > KEEP_PARTS_MS;
}

async function recoverTransaction(
  context: StoreContext,
  record: TransactionRecord,
): Promise<'finished' | 'resumable' | 'discarded'> {
  let finished = 0;
  if (record.edit !== undefined && (await finishEdit(context, record.id, record.edit))) finished += 1;
  if (record.removal !== undefined && (await finishRemoval(context, record.removal))) finished += 1;
  const moved = record.move === undefined ? null : await finishModelMove(context, record.move);
  if (moved === 'waits') return 'resumable';
  if (moved === 'finished') finished += 1;
  const committed = new Set<string>();
  for (const model of record.models) {
    for (const sha256 of (await finishModel(context, record.id, model)) ?? []) committed.add(sha256);
  }
  const isOver = ({ sha256 }: MovedFile): boolean => committed.has(sha256);
  for (const file of record.moves.filter(isOver)) {
    const reason = await finishMove(context, file);
    if (reason !== null) context.logger.warn('a file that was moved stays where it is', { path: file.path, reason });
  }
  await undoMoves(context, { ...record, moves: record.moves.filter((file) => !isOver(file)) });
  const parts = await dropStaged(context, record.id);
  if (parts > 0 && !isExpired(context, record)) {
    if (record.owner !== null) await writeTransaction(context, { ...record, owner: null });
    return 'resumable';
  }
  await discardTransaction(context, record.id);
  return finished + committed.size > 0 ? 'finished' : 'discarded';
}

/**
 * After the rename of metadata.json everything else is derived: the folder's files and the row of the index.
 *
 * @returns the contents of the model, or null where this transaction did not commit it
 */
async function finishModel(
  context: StoreContext,
  transactionId: string,
  model: RecordedModel,
): Promise<readonly string[] | null> {
  try {
    const found = await readModel(context.fileSystem, context.layout, model.slug);
    if (found.metadata.id !== model.id) return null;
    if (found.metadata.txn !== transactionId) {
      // What was to be replaced waits: it goes back to where it was.
      if (isFolderStore(context)) await projectFiles(context, { folder: found.folder, metadata: found.metadata });
      return null;
    }
    await projectFiles(context, { folder: found.folder, metadata: found.metadata });
    await context.index.upsert([found.record]);
    return found.metadata.files.map(({ sha256 }) => sha256);
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found') || isModelkeepError(error, 'library.corrupt-metadata')) return null;
    throw error;
  }
}

/**
 * Removes what cannot be resumed: staged folders, and parts without a journal that says what of them is durable.
 *
 * @returns how many parts are left
 */
async function dropStaged(context: StoreContext, id: string): Promise<number> {
  const { fileSystem } = context;
  const folder = transactionFolder(context, id);
  let entries: readonly FolderEntry[];
  try {
    if ((await fileSystem.lstat(folder)).kind !== 'folder') return 0;
    entries = await fileSystem.readdir(folder);
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return 0;
    throw error;
  }
  const names = new Set(entries.map(({ name }) => name));
  let resumable = 0;
  for (const { name, kind } of entries) {
    if (kind === 'folder') await removeTree(fileSystem, join(folder, name));
    else if (!name.endsWith('.part')) continue;
    else if (names.has(name.replace(/\.part$/u, '.journal'))) resumable += 1;
    else await fileSystem.unlink(join(folder, name));
  }
  return resumable;
}
