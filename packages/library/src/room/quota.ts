import { join } from 'node:path';
import { isSha256, ModelkeepError } from '@modelkeep/core';
import { writeFileAtomic } from '@modelkeep/io';
import { statusAt } from '../files/status-at.ts';
import { isFolderStore } from '../folder-store/contents.ts';
import { allModels } from '../revisions/models-of-source.ts';
import { isHere, withLock, type StoreContext } from '../store-context.ts';
import { listTransactions, readTransaction } from '../transaction/transaction-record.ts';
import { isAbandoned } from '../transaction/is-abandoned.ts';
import { readVolumeFile } from '../volume/open-volume.ts';

/** The room that models take of what they may take. Plain data. */
export interface RoomReport {
  /** Null: no limit. */
  readonly quotaBytes: number | null;
  /** Sizes of the stored contents, each counted once. The trash does not count. */
  readonly usedBytes: number;
  /** What downloads and imports that run are about to add, as far as their sizes are known. */
  readonly reservedBytes: number;
}

/** @internal */
export async function readRoom(context: StoreContext, exceptTransaction?: string): Promise<RoomReport> {
  const quotaBytes = (await readVolumeFile(context.fileSystem, context.layout))?.quotaBytes ?? null;
  const { fileSystem, layout } = context;
  const stored = new Map<string, number>();
  for (const { name } of await fileSystem.readdir(layout.blobs)) {
    const status = isSha256(name) ? await statusAt(fileSystem, join(layout.blobs, name)) : null;
    if (status !== null) stored.set(name, status.sizeBytes);
  }
  // Without links what is in the folders of models is nowhere else.
  if (isFolderStore(context)) {
    for await (const model of allModels(context.index)) {
      if (!isHere(context, model) || model.evictedAt !== undefined) continue;
      for (const { sha256, sizeBytes } of model.files) stored.set(sha256, sizeBytes);
    }
  }
  let reservedBytes = 0;
  for (const id of await listTransactions(context)) {
    const record = id === exceptTransaction ? null : await readTransaction(context, id);
    if (record === null || (await isAbandoned(context, record))) continue;
    for (const { sha256, sizeBytes } of record.files) {
      if (sha256 === null || !stored.has(sha256)) reservedBytes += sizeBytes ?? 0;
    }
  }
  return { quotaBytes, usedBytes: [...stored.values()].reduce((sum, bytes) => sum + bytes, 0), reservedBytes };
}

/**
 * @internal Refuses what would take the models over their quota. @throws `library.quota-exceeded`
 *
 * @param transactionId - that of who asks: what it has recorded is what is asked for
 */
export async function requireQuota(context: StoreContext, neededBytes: number, transactionId: string): Promise<void> {
  if (neededBytes === 0) return;
  const quotaBytes = (await readVolumeFile(context.fileSystem, context.layout))?.quotaBytes;
  // Without a quota nothing has to be counted.
  if (quotaBytes === undefined) return;
  const { usedBytes, reservedBytes } = await readRoom(context, transactionId);
  if (usedBytes + reservedBytes + neededBytes <= quotaBytes) return;
  throw quotaExceeded({ quotaBytes, usedBytes: usedBytes + reservedBytes, neededBytes });
}

/** @internal */
export function quotaExceeded(facts: {
  readonly quotaBytes: number;
  readonly usedBytes: number;
  readonly neededBytes: number;
}): ModelkeepError<'library.quota-exceeded'> {
  const { quotaBytes, usedBytes, neededBytes } = facts;
  return new ModelkeepError('library.quota-exceeded', {
    message: `the models take ${usedBytes} of ${quotaBytes} bytes, and ${neededBytes} more are to come`,
    facts,
    hint: 'evict models that are not needed now (--make-room does it for a download), or raise the quota',
  });
}

/** @internal Sets what the models may take; null takes it back. What is there already stays. */
export async function writeQuota(context: StoreContext, quotaBytes: number | null): Promise<void> {
  if (quotaBytes !== null && (!Number.isSafeInteger(quotaBytes) || quotaBytes < 0)) {
    throw new ModelkeepError('core.invalid-argument', {
      message: 'a quota is a whole number of bytes from 0, or null',
      facts: { argument: 'quotaBytes', found: quotaBytes },
    });
  }
  const { layout, fileSystem } = context;
  await withLock(context, 'volume', async () => {
    const present = await readVolumeFile(fileSystem, layout);
    if (present === undefined) return;
    const { quotaBytes: _known, ...others } = present;
    const file = quotaBytes === null ? others : { ...others, quotaBytes };
    await writeFileAtomic(fileSystem, { path: layout.volumeFile, data: `${JSON.stringify(file, null, 2)}\n` });
  });
}
