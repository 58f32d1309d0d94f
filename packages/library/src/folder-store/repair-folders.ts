import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileAt, statusAt } from '../files/status-at.ts';
import { linkBack } from '../blobs/recall-blob.ts';
import { listTrash } from '../gc/trash.ts';
import { lockOf } from '../models/change-model.ts';
import type { VerifyReport } from '../models/verify-report.ts';
import { readPlaces, sourcesOf, type Place } from '../repair/places.ts';
import { hasContent } from '../repair/has-content.ts';
import type { BadContent, MendedModels, RepairedFile, RepairOptions } from '../repair/repair-report.ts';
import { withLock, type StoreContext } from '../store-context.ts';
import { isRealFolder } from '../volume/require-real-folders.ts';
import { bringFile } from './bring-files.ts';
import { moveDurably, waitingPath } from './contents.ts';

/**
 * @internal Mends what a verification found. Good bytes that wait, are in the trash or in another model's folder take the
 * place of bad ones, which go to quarantine just before.
 */
export async function repairFolders(
  context: StoreContext,
  found: VerifyReport,
  { signal }: RepairOptions = {},
): Promise<MendedModels> {
  const places = await readPlaces(context, signal);
  const repaired: RepairedFile[] = [];
  const bad: BadContent[] = [];
  const wanted = found.problems.filter(({ part }) => part === 'blob' || part === 'file');
  for (const sha256 of new Set(wanted.flatMap((problem) => problem.sha256 ?? []))) {
    signal?.throwIfAborted();
    const here = places.get(sha256) ?? [];
    const [first] = here;
    if (first === undefined) continue;
    const state = await lookAt(context, sha256, { here, signal });
    if (state.from === null) {
      const { sizeBytes, gitSha1, name } = first.file;
      bad.push({ sha256, sizeBytes, gitSha1, slug: first.slug, file: name, sources: sourcesOf(here) });
      continue;
    }
    // All of them before the first one is brought: none of the bad ones is taken for a good one then.
    for (const { path, modelId } of here) {
      if (state.isBad.has(path))
        await withLock(context, lockOf({ id: modelId }), () => quarantine(context, path, sha256));
    }
    for (const place of here) {
      if (state.good.has(place.path)) continue;
      const { slug, file, path, modelId } = place;
      const bring = async (): Promise<boolean> =>
        (await statusAt(context.fileSystem, path)) === null && bringFile(context, place);
      const isThere = await withLock(context, lockOf({ id: modelId }), bring, signal);
      const how = state.isBad.has(path) ? state.from : 'projected';
      if (isThere || how !== 'projected') repaired.push({ slug, file: file.name, how });
    }
  }
  return { repaired, bad, bytesSaved: 0 };
}

interface PlacesState {
  readonly good: ReadonlySet<string>;
  readonly isBad: ReadonlySet<string>;
  /** Null where there are no good bytes. */
  readonly from: 'from-copy' | 'from-trash' | null;
}

async function lookAt(
  context: StoreContext,
  sha256: string,
  { here, signal }: { readonly here: readonly Place[]; readonly signal: AbortSignal | undefined },
): Promise<PlacesState> {
  const good = new Set<string>();
  const isBad = new Set<string>();
  for (const { path } of here) {
    if (!(await isRealFolder(context.fileSystem, context.layout.root, dirname(path)))) continue;
    if ((await statusAt(context.fileSystem, path)) === null) continue;
    ((await hasContent(context, path, { sha256, signal })) ? good : isBad).add(path);
  }
  const waiting = waitingPath(context, sha256);
  const isWaiting = async (): Promise<boolean> =>
    (await fileAt(context.fileSystem, waiting)) !== null && hasContent(context, waiting, { sha256, signal });
  if (good.size > 0 || (await isWaiting())) return { good, isBad, from: 'from-copy' };
  // Bytes that waited and are not what they are called must not be found again.
  if ((await fileAt(context.fileSystem, waiting)) !== null) await quarantine(context, waiting, sha256);
  for (const { path, sha256s } of await listTrash(context)) {
    if (sha256s.includes(sha256)) await linkBack(context, { folder: path, sha256 });
  }
  return { good, isBad, from: (await isWaiting()) ? 'from-trash' : null };
}

/** Bytes without a second name change theirs: they are kept whatever takes their place. */
async function quarantine(context: StoreContext, path: string, label: string): Promise<void> {
  await moveDurably(context, path, join(context.layout.quarantine, `${label}.${randomBytes(8).toString('hex')}`));
}
