import { isSha1 } from '@modelkeep/core';
import { z } from 'zod';
import { bytesField } from '../answers/fields.ts';
import { lfsSchema, type LfsEntry } from '../tree/entry-schema.ts';
import type { RepoFileEntry } from '../tree/repo-entry.ts';

/** A file of a repo as its info has it; everything but the name is there with `blobs=true` only. */
export interface Sibling {
  readonly rfilename: string;
  readonly size?: number | null | undefined;
  readonly blobId?: string | null | undefined;
  readonly lfs?: LfsEntry | null | undefined;
}

/** All files of a repo. */
export const siblingsSchema: z.ZodType<readonly Sibling[]> = z.array(
  z.object({
    rfilename: z.string().min(1),
    size: bytesField.nullish(),
    blobId: z.string().nullish(),
    lfs: lfsSchema.nullish(),
  }),
);

/** @returns null when a file is told without its size */
export function filesOf(siblings: readonly Sibling[]): readonly RepoFileEntry[] | null {
  const files: RepoFileEntry[] = [];
  for (const { rfilename: path, size, blobId, lfs } of siblings) {
    const sizeBytes = lfs?.size ?? size ?? null;
    if (sizeBytes === null) return null;
    // The blob id of an LFS file is its pointer's.
    const isGit = (lfs ?? null) === null && typeof blobId === 'string' && isSha1(blobId);
    files.push({
      type: 'file',
      path,
      sizeBytes,
      gitSha1: isGit ? blobId : null,
      sha256: lfs?.oid ?? lfs?.sha256 ?? null,
      xetHash: null,
    });
  }
  return files;
}
