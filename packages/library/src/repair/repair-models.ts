import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { probeLinks } from '@modelkeep/io';
import { blobPath, blobStatus } from '../blobs/blob-store.ts';
import { fileAt, statusAt } from '../files/status-at.ts';
import { linkBlob, recallBlob } from '../blobs/recall-blob.ts';
import { isFolderStore } from '../folder-store/contents.ts';
import { repairFolders } from '../folder-store/repair-folders.ts';
import type { VerifyReport } from '../models/verify-report.ts';
import { withLock, type StoreContext } from '../store-context.ts';
import { ensureRealFolder, requireRealFolder } from '../volume/require-real-folders.ts';
import { hasContent } from './has-content.ts';
import { isSameFile, readPlaces, sourcesOf, type Place } from './places.ts';
import { keepInQuarantine, quarantinedInodes } from './quarantine.ts';
import { renewFromCopy } from './renew-blob.ts';
import type { BadContent, MendedModels, RepairedFile, RepairOptions } from './repair-report.ts';

/**
 * @internal Mends what a verification found, as far as the good bytes are in the library. Each step puts good bytes in
 * place of bad ones at once, and keeps the bad ones in quarantine; content that somebody changed on purpose stays.
 */
export async function repairModels(
  context: StoreContext,
  found: VerifyReport,
  options: RepairOptions = {},
): Promise<MendedModels> {
  if (isFolderStore(context)) return repairFolders(context, found, options);
  const places = await readPlaces(context, options.signal);
  const repaired: RepairedFile[] = [];
  const bad: BadContent[] = [];
  // Files outside the library are their owner's.
  const wanted = found.problems.filter(({ part, sha256 }) => sha256 !== null && part !== 'outside');
  for (const sha256 of new Set(
    wanted.filter(({ part }) => part === 'blob').flatMap((problem) => problem.sha256 ?? []),
  )) {
    options.signal?.throwIfAborted();
    const here = places.get(sha256) ?? [];
    const how = await mendBlob(context, sha256, { places: here, signal: options.signal });
    const [first] = here;
    if (first === undefined) continue;
    const { slug, file } = first;
    if (how === 'good') continue;
    if (how !== null) repaired.push({ slug, file: file.name, how });
    else {
      const { sizeBytes, gitSha1 } = file;
      bad.push({ sha256, sizeBytes, gitSha1, slug, file: file.name, sources: sourcesOf(here) });
    }
  }
  const missing = new Set(bad.map(({ sha256 }) => sha256));
  const sha256s = new Set(wanted.flatMap(({ sha256 }) => (sha256 === null || missing.has(sha256) ? [] : [sha256])));
  repaired.push(...(await projectAgain(context, sha256s, { ...options, places })));
  const joined = await joinCopies(context, found, options.signal);
  return { repaired: [...repaired, ...joined.repaired], bad, bytesSaved: joined.bytesSaved };
}

interface MendOptions {
  readonly places: readonly Place[];
  readonly signal: AbortSignal | undefined;
}

/** @returns `good` where somebody was faster, null where the library has no good bytes of this content */
async function mendBlob(
  context: StoreContext,
  sha256: string,
  { places, signal }: MendOptions,
): Promise<RepairedFile['how'] | 'good' | null> {
  const wasThere = await blobStatus(context, sha256);
  if (wasThere !== null && (await hasContent(context, blobPath(context, sha256), { sha256, signal }))) return 'good';
  if (wasThere === null && (await recallBlob(context, sha256)) !== null) {
    if (await hasContent(context, blobPath(context, sha256), { sha256, signal })) return 'from-trash';
  }
  const blob = await blobStatus(context, sha256);
  for (const { path } of places) {
    if (!(await requireRealFolder(context.fileSystem, context.layout.root, dirname(path)))) continue;
    const status = await fileAt(context.fileSystem, path);
    if (status === null || (blob !== null && isSameFile(blob, status))) continue;
    if (!(await hasContent(context, path, { sha256, signal }))) continue;
    await renewFromCopy(context, path, sha256);
    return 'from-copy';
  }
  return null;
}

/** @internal What {@link projectAgain} works with. */
export interface ProjectAgainOptions extends RepairOptions {
  readonly places: ReadonlyMap<string, readonly Place[]>;
}

/**
 * @internal Gives the models' folders the files whose blobs are good: those that are missing, and those that still are
 * the damaged bytes which the blob had. What somebody else has put there stays unless it is to be replaced.
 */
export async function projectAgain(
  context: StoreContext,
  sha256s: ReadonlySet<string>,
  { places, replaceDiverged = false, signal }: ProjectAgainOptions,
): Promise<RepairedFile[]> {
  const repaired: RepairedFile[] = [];
  const damaged = await quarantinedInodes(context);
  for (const sha256 of sha256s) {
    const blob = await blobStatus(context, sha256);
    if (blob === null) continue;
    for (const { slug, modelId, path, file } of places.get(sha256) ?? []) {
      signal?.throwIfAborted();
      const project = async (): Promise<boolean> => {
        await ensureRealFolder(context.fileSystem, context.layout.root, dirname(path));
        const status = await statusAt(context.fileSystem, path);
        if (status !== null) {
          if (status.kind !== 'file' || isSameFile(blob, status)) return false;
          const isDamaged = damaged.has(`${status.device}:${status.inode}`);
          if (!isDamaged && !replaceDiverged) return false;
          if (!isDamaged && (await hasContent(context, path, { sha256, signal }))) return false;
          if (!isDamaged) await keepInQuarantine(context, path, sha256);
        }
        await replaceByLink(context, sha256, path);
        return true;
      };
      const done = await withLock(context, `model-${modelId.slice(-2)}`, project, signal);
      if (done) repaired.push({ slug, file: file.name, how: 'projected' });
    }
  }
  return repaired;
}

/** After a plain copy of a library each file and its blob are two files: on a drive without reflinks they are joined. */
async function joinCopies(
  context: StoreContext,
  { apart }: VerifyReport,
  signal?: AbortSignal,
): Promise<Pick<MendedModels, 'repaired' | 'bytesSaved'>> {
  const repaired: RepairedFile[] = [];
  let bytesSaved = 0;
  if (apart.length === 0) return { repaired, bytesSaved };
  // With reflinks two files may well be one content on the drive, and nobody can tell.
  const { reflink, hardlink } = await probeLinks(context.fileSystem, context.layout.temp);
  if (reflink || !hardlink) return { repaired, bytesSaved };
  for (const { slug, file, sha256 } of apart) {
    signal?.throwIfAborted();
    const path = join(context.layout.root, slug, file);
    const before = await fileAt(context.fileSystem, path);
    const isWanted = before !== null && (await hasContent(context, path, { sha256, signal }));
    const after = await fileAt(context.fileSystem, path);
    const isStill = after !== null && before !== null && isSameFile(before, after) && before.mtimeMs === after.mtimeMs;
    if (!isWanted || !isStill || !(await hasContent(context, blobPath(context, sha256), { sha256, signal }))) continue;
    await replaceByLink(context, sha256, path);
    if (before.linkCount === 1) bytesSaved += before.diskBytes;
    repaired.push({ slug, file, how: 'joined' });
  }
  return { repaired, bytesSaved };
}

async function replaceByLink(context: StoreContext, sha256: string, path: string): Promise<void> {
  const { fileSystem } = context;
  const temporary = join(dirname(path), `.${randomBytes(8).toString('hex')}.tmp`);
  await linkBlob(context, { sha256, path: temporary });
  await fileSystem.rename(temporary, path);
  await fileSystem.fsyncFolder(dirname(path));
}
