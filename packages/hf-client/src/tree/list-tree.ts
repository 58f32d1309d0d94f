import { isSha256 } from '@modelkeep/core';
import type { HttpClient } from '@modelkeep/network';
import { z } from 'zod';
import { bytesField, sha1Field, sha256Field } from '../answers/fields.ts';
import { readPages } from '../answers/pages.ts';
import { parseAnswer, schemaError } from '../answers/parse-answer.ts';
import { treeUrl } from '../urls/hub-urls.ts';
import type { RepoEntry } from './repo-entry.ts';

/** The hash of an LFS file is `oid` in a tree and `sha256` in a repo's info; both are taken in both places. */
const lfsSchema = z
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
const pageSchema = z.array(entrySchema);

/** What {@link listTree} lists. */
export interface ListTreeRequest {
  readonly http: HttpClient;
  readonly endpoint: string;
  readonly repo: string;
  readonly revision: string;
  readonly path?: string | undefined;
  readonly recursive?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Lists `GET /api/models/{id}/tree/{rev}[/{path}]`, page after page. */
export async function* listTree(request: ListTreeRequest): AsyncGenerator<RepoEntry, void, undefined> {
  const { http, endpoint, repo, revision, path, recursive = true, signal } = request;
  const url = treeUrl(endpoint, { repo, revision, path, recursive });
  const question = { endpoint, repo, revision, path: path === '' ? undefined : path };
  for await (const page of readPages({ http, url, question, signal })) {
    for (const entry of parseAnswer(pageSchema, page.url, page.value)) {
      const known = toRepoEntry(entry, page.url);
      if (known !== null) yield known;
    }
  }
}

/** @returns null for a kind of entry that is neither a file nor a folder */
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
