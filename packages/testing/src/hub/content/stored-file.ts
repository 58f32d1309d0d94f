import { createHash } from 'node:crypto';
import type { RepoFile, StorageKind } from '../repo-definition.ts';
import { openContent, type BodySource } from './body-source.ts';
import { gitObjectId, lfsPointer } from './git-objects.ts';
import { defaultStorage } from './storage-kind.ts';

/** What the hub knows of a file in LFS. */
export interface LfsFacts {
  readonly sha256: string;
  readonly pointerBytes: number;
  readonly xetHash: string;
}

/** A file with its digests computed. */
export interface StoredFile {
  readonly path: string;
  readonly source: BodySource;
  /** The git blob: of the bytes themselves, or of the pointer of an LFS file. */
  readonly gitSha1: string;
  /** `null` for a file that lives in git. */
  readonly lfs: LfsFacts | null;
}

function derivedHash(label: string, sha256: string): string {
  return createHash('sha256').update(`${label}:${sha256}`).digest('hex');
}

/** The CDN's own ETag: stable for the same bytes, and not their SHA-256. */
export function cdnEtag(lfs: LfsFacts): string {
  return `"${derivedHash('etag', lfs.sha256).slice(0, 32)}"`;
}

async function hashed(source: BodySource, storage: StorageKind): Promise<string> {
  const hash = createHash(storage === 'lfs' ? 'sha256' : 'sha1');
  if (storage === 'git') hash.update(`blob ${source.sizeBytes}\0`);
  for await (const chunk of source.stream(0, source.sizeBytes)) hash.update(chunk);
  return hash.digest('hex');
}

/** Reads a file once and computes what its kind of storage needs, unless the definition says it. */
export async function storeFile(file: RepoFile): Promise<StoredFile> {
  const source = await openContent(file.content);
  const storage = file.storage ?? defaultStorage(file.path, source.sizeBytes);
  if (storage === 'git') return { path: file.path, source, gitSha1: await hashed(source, storage), lfs: null };
  const digest = file.sha256 ?? (await hashed(source, storage));
  const pointer = lfsPointer(digest, source.sizeBytes);
  return {
    path: file.path,
    source,
    gitSha1: gitObjectId('blob', pointer),
    lfs: { sha256: digest, pointerBytes: pointer.length, xetHash: derivedHash('xet', digest) },
  };
}
