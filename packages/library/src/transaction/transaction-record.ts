import { isAbsolute, join } from 'node:path';
import { isId, isModelkeepError, isSha256, type HistoryEntry } from '@modelkeep/core';
import { historyEntrySchema } from '@modelkeep/core/schemas';
import { decodeProcessIdentity, readJson, writeFileAtomic } from '@modelkeep/io';
import { z } from 'zod';
import { isExternalSlug } from '../external/external-slug.ts';
import { isSlug } from '../names/slug.ts';
import type { StoreContext } from '../store-context.ts';
import { TRASH_NAME } from '../volume/trash.ts';
import type { MovedFile } from './moved-file.ts';

/** @internal A file that a transaction means to store. */
export interface RecordedFile {
  /** Names its part: `<number>.part`. */
  readonly number: number;
  readonly name: string;
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  readonly gitSha1: string | null;
  /** Where it comes from, for a file on the web of which no hash is known: origin and path. */
  readonly address: string | null;
}

/** @internal A model that a transaction is about to commit. */
export interface RecordedModel {
  readonly id: string;
  readonly slug: string;
}

/** @internal An edit of overrides.json: what the rest of it can be derived from. */
export interface RecordedEdit extends RecordedModel {
  /** What overrides.json holds once the edit is committed. */
  readonly overridesSha256: string;
  readonly changes: readonly HistoryEntry[];
}

/** @internal A model that is deleted. */
export interface RecordedRemoval extends RecordedModel {
  /** Names the folder in the trash: `models-<time>`. */
  readonly trash: string;
  /** The id of the model that has become one with it. */
  readonly into?: string | undefined;
}

/** @internal A model that goes to another volume. */
export interface RecordedMove extends RecordedRemoval {
  readonly toVolumeId: string;
  /** What the model's metadata was before. */
  readonly revision: number;
}

/** @internal `txn/<id>.json`: what is under way, so that another process can finish it or take over its parts. */
export interface TransactionRecord {
  readonly id: string;
  /** The process that works on it, as `encodeProcessIdentity` writes it; null once that has let go. */
  readonly owner: string | null;
  readonly startedAt: string;
  readonly files: readonly RecordedFile[];
  readonly models: readonly RecordedModel[];
  readonly edit?: RecordedEdit | undefined;
  readonly removal?: RecordedRemoval | undefined;
  readonly move?: RecordedMove | undefined;
  /** Files outside the library that become its own. */
  readonly moves: readonly MovedFile[];
}

const modelSchema = z.object({
  id: z.string().refine(isId),
  slug: z.string().refine((slug) => isSlug(slug) || isExternalSlug(slug)),
});

const recordSchema: z.ZodType<TransactionRecord> = z.object({
  id: z.string().refine(isId),
  owner: z
    .string()
    .refine((text) => decodeProcessIdentity(text) !== undefined)
    .nullable(),
  startedAt: z.iso.datetime(),
  files: z.array(
    z.object({
      number: z.int().nonnegative(),
      name: z.string(),
      sizeBytes: z.int().nonnegative().nullable(),
      sha256: z.string().nullable(),
      gitSha1: z.string().nullable(),
      address: z.string().nullable().default(null),
    }),
  ),
  models: z.array(modelSchema),
  edit: modelSchema
    .extend({ overridesSha256: z.string().refine(isSha256), changes: z.array(historyEntrySchema) })
    .optional(),
  removal: modelSchema
    .extend({
      trash: z.string().regex(TRASH_NAME),
      into: z
        .string()
        .refine((id) => isId(id))
        .optional(),
    })
    .optional(),
  move: modelSchema
    .extend({
      trash: z.string().regex(TRASH_NAME),
      toVolumeId: z.string().refine((id) => isId(id)),
      revision: z.int().positive(),
    })
    .optional(),
  moves: z
    .array(
      z.object({
        path: z.string().refine((path) => isAbsolute(path)),
        device: z.string(),
        inode: z.string(),
        sizeBytes: z.int().nonnegative(),
        mtimeMs: z.number(),
        mode: z.int().min(0).max(0o7777),
        sha256: z.string().refine(isSha256),
      }),
    )
    .default([]),
});

/** @internal */
export function transactionPath(context: StoreContext, id: string): string {
  return join(context.layout.transactions, `${id}.json`);
}

/** @internal Where a transaction keeps its parts and staged folders. */
export function transactionFolder(context: StoreContext, id: string): string {
  return join(context.layout.temp, id);
}

/** @internal */
export async function writeTransaction(context: StoreContext, record: TransactionRecord): Promise<void> {
  await writeFileAtomic(context.fileSystem, {
    path: transactionPath(context, record.id),
    data: `${JSON.stringify(record, null, 2)}\n`,
  });
}

/** @internal Null where there is none (any more), or nothing that can be read: then it is left alone. */
export async function readTransaction(context: StoreContext, id: string): Promise<TransactionRecord | null> {
  const path = transactionPath(context, id);
  try {
    const parsed = recordSchema.safeParse(await readJson(context.fileSystem, { path }));
    if (parsed.success && parsed.data.id === id) return parsed.data;
    context.logger.warn('a transaction record cannot be used', { path });
  } catch (error) {
    if (isModelkeepError(error, 'io.corrupt-json'))
      context.logger.warn('a transaction record cannot be read', { path });
    else if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
  return null;
}

/** @internal The ids of all transactions that are recorded. */
export async function listTransactions(context: StoreContext): Promise<string[]> {
  const entries = await context.fileSystem.readdir(context.layout.transactions);
  return entries
    .filter(({ name }) => name.endsWith('.json'))
    .map(({ name }) => name.slice(0, -'.json'.length))
    .filter((id) => isId(id));
}
