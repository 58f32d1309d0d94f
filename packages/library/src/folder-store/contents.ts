import { dirname, join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FileStatus } from '@modelkeep/io';
import { fileAt } from '../files/status-at.ts';
import { isHere, type StoreContext } from '../store-context.ts';

/** @internal Whether the drive gives a file no second name, so that a model's file is all there is of its bytes. */
export function isFolderStore({ volume }: StoreContext): boolean {
  return volume.store === 'folder';
}

/** @internal Where content is that has no model yet, or none any more: `blobs/` has what waits, and nothing else. */
export function waitingPath({ layout }: StoreContext, sha256: string): string {
  return join(layout.blobs, sha256);
}

/** @internal Stored bytes: a file that waits, or that of a model. */
export interface LocatedContent {
  readonly path: string;
  readonly status: FileStatus;
  /** The model that has it; null for what waits. */
  readonly slug: string | null;
}

const LOOKS = 3;

/**
 * @internal Finds content by its hash. Bytes only ever go from what waits to a model, or back: who finds them in neither
 * looks again, because they may have gone the other way in between.
 *
 * @param except - a path that is not meant
 */
export async function locateContent(
  context: StoreContext,
  sha256: string,
  except?: string,
): Promise<LocatedContent | null> {
  for (let look = 1; look <= LOOKS; look += 1) {
    const path = waitingPath(context, sha256);
    const status = await fileAt(context.fileSystem, path);
    if (status !== null) return { path, status, slug: null };
    const hits = await context.index.findByFileHash({ sha256 });
    for (const { modelId, file } of hits) {
      const record = await context.index.get(modelId);
      if (record === null || !isHere(context, record)) continue;
      const place = join(context.layout.root, record.slug, file.name);
      const found = place === except ? null : await fileAt(context.fileSystem, place);
      if (found?.sizeBytes === file.sizeBytes) return { path: place, status: found, slug: record.slug };
    }
    if (hits.length === 0) return null;
  }
  return null;
}

/** @internal Verified, closed bytes wait for a model under the name of their content. */
export async function takeIntoWaiting(
  context: StoreContext,
  part: string,
  { sha256, sizeBytes }: { readonly sha256: string; readonly sizeBytes: number },
): Promise<void> {
  const { fileSystem } = context;
  const present = await locateContent(context, sha256);
  if (present?.status.sizeBytes === sizeBytes) {
    await fileSystem.unlink(part);
    return;
  }
  // No write protection: on such a drive it is an attribute that goes with it to Windows, where nobody could delete the file.
  await moveDurably(context, part, waitingPath(context, sha256));
}

/** @internal Moves a file; its new name is durable before the old one is gone for good. @throws `io.not-found` */
export async function moveDurably(context: StoreContext, from: string, to: string): Promise<void> {
  await context.fileSystem.rename(from, to);
  await context.syncFolder(dirname(to));
  try {
    await context.syncFolder(dirname(from));
  } catch (error) {
    // The folder was empty then, and somebody has removed it.
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
}
