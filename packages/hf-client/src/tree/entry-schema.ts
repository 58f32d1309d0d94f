import { isSha256 } from '@modelkeep/core';
import { z } from 'zod';
import { bytesField, sha1Field, sha256Field } from '../answers/fields.ts';
import { parseAnswer, schemaError } from '../answers/parse-answer.ts';
import type { RepoEntry } from './repo-entry.ts';

/** What is told of a file in LFS: at least one of the hashes, and both are the same. */
export interface LfsEntry {
  readonly oid?: string | undefined;
  readonly sha256?: string | undefined;
  readonly size?: number | undefined;
}

/** The hash of an LFS file is `oid` in a tree and `sha256` in a repo's info; both are taken in both places. */
export const lfsSchema: z.ZodType<LfsEntry> = z
  .object({ oid: sha256Field.optional(), sha256: sha256Field.optional(), size: bytesField.optional() })
  .refine((lfs) => lfs.oid !== undefined || lfs.sha256 !== undefined, { error: 'neither oid nor sha256' })
  .refine((lfs) => lfs.oid === undefined || lfs.sha256 === undefined || lfs.oid === lfs.sha256, {
    error: 'oid and sha256 differ',
  });

const entrySchema = z.object({
  type: z.string(),
  path: z.string().min(1),
  size: bytesField.optional(),
  oid: z.string().nullish(),
  lfs: lfsSchema.nullish(),
  xetHash: z.unknown().optional(),
});
const entriesSchema = z.array(entrySchema);

/**
 * Reads the entries of a tree; kinds that are neither file nor folder are left out.
 *
 * @throws `network.body` with the reason `schema`
 */
export function parseEntries(url: string, value: unknown): RepoEntry[] {
  return parseAnswer(entriesSchema, url, value)
    .map((entry) => toRepoEntry(entry, url))
    .filter((entry) => entry !== null);
}

function toRepoEntry(entry: z.infer<typeof entrySchema>, url: string): RepoEntry | null {
  const { type, path, lfs } = entry;
  if (type === 'directory') return { type, path };
  if (type !== 'file') return null;
  const sizeBytes = lfs?.size ?? entry.size;
  if (sizeBytes === undefined) throw schemaError(url, 'a file without a size');
  const isLfs = lfs !== null && lfs !== undefined;
  return {
    type,
    path,
    sizeBytes,
    gitSha1: isLfs || entry.oid === null || entry.oid === undefined ? null : parseAnswer(sha1Field, url, entry.oid),
    sha256: lfs?.oid ?? lfs?.sha256 ?? null,
    xetHash: typeof entry.xetHash === 'string' && isSha256(entry.xetHash) ? entry.xetHash : null,
  };
}
