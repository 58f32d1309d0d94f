import { join, relative, sep } from 'node:path';
import { isSha256 } from '@modelkeep/core';
import type { FileStatus } from '@modelkeep/io';
import { statusAt } from '../files/status-at.ts';
import type { StoreContext } from '../store-context.ts';
import type { GarbageItem, GcTimes } from './gc-report.ts';
import { listTrash, readFolder } from './trash.ts';

/** @internal Garbage and where it lies. */
export interface FoundGarbage extends GarbageItem {
  readonly absolutePath: string;
  /** Of a blob. */
  readonly sha256: string | null;
}

/** @internal What a look at the blobs gave. */
export interface BlobCensus {
  readonly garbage: readonly FoundGarbage[];
  readonly needed: number;
  readonly young: number;
}

/** @internal Blobs that nothing needs. A change of any kind, a name that was removed included, makes a blob young again. */
export async function findUnneededBlobs(
  context: StoreContext,
  marks: ReadonlySet<string>,
  { graceMs, signal }: { readonly graceMs: number; readonly signal: AbortSignal | undefined },
): Promise<BlobCensus> {
  const { layout, clock } = context;
  const garbage: FoundGarbage[] = [];
  let needed = 0;
  let young = 0;
  for (const { name, kind } of await context.fileSystem.readdir(layout.blobs)) {
    if (kind !== 'file' || !isSha256(name)) continue;
    if (marks.has(name)) {
      needed += 1;
      continue;
    }
    signal?.throwIfAborted();
    const path = join(layout.blobs, name);
    const status = await statusAt(context.fileSystem, path);
    if (status === null) continue;
    const changedAtMs = Math.max(status.mtimeMs, status.ctimeMs);
    if (clock.now() - changedAtMs < graceMs) young += 1;
    else garbage.push(blobItem(context, { path, sha256: name, status, kind: 'blob' }));
  }
  return { garbage, needed, young };
}

/** @internal What has been in the trash for the grace time: blobs that nothing needs, and the folders of deleted models. */
export async function findOldTrash(
  context: StoreContext,
  marks: ReadonlySet<string>,
  { graceMs }: Pick<GcTimes, 'graceMs'>,
): Promise<FoundGarbage[]> {
  const { layout, clock, fileSystem } = context;
  const isOld = (touchedAtMs: number): boolean => clock.now() - touchedAtMs >= graceMs;
  const garbage: FoundGarbage[] = [];
  for (const folder of await listTrash(context)) {
    if (folder.isOpen || !isOld(folder.touchedAtMs)) continue;
    for (const sha256 of folder.sha256s) {
      const path = join(folder.path, sha256);
      const status = await statusAt(context.fileSystem, path);
      if (status === null || marks.has(sha256)) continue;
      garbage.push(blobItem(context, { path, sha256, status, kind: 'trashed-blob' }));
    }
  }
  for (const { name, kind } of await readFolder(context, layout.trash)) {
    if (kind !== 'folder' || !name.startsWith('models-')) continue;
    const path = join(layout.trash, name);
    const status = await statusAt(fileSystem, path);
    // Somebody may have taken its model back by now.
    if (status === null || !isOld(status.mtimeMs)) continue;
    const reason = 'models that were deleted longer ago than the grace time';
    garbage.push({ ...(await folderItem(context, path)), kind: 'deleted-model', reason });
  }
  return garbage;
}

/** @internal Quarantined bytes that nobody has looked at for long. */
export async function findOldQuarantine(
  context: StoreContext,
  { quarantineMs }: Pick<GcTimes, 'quarantineMs'>,
): Promise<FoundGarbage[]> {
  const { layout, clock } = context;
  const garbage: FoundGarbage[] = [];
  for (const { name } of await readFolder(context, layout.quarantine)) {
    const path = join(layout.quarantine, name);
    const status = await statusAt(context.fileSystem, path);
    if (status === null || clock.now() - Math.max(status.mtimeMs, status.ctimeMs) < quarantineMs) continue;
    const reason = 'damaged bytes that were kept for a look and are not needed any more';
    const item = status.kind === 'folder' ? await folderItem(context, path) : fileItem(context, path, status);
    garbage.push({ ...item, kind: 'quarantined', reason });
  }
  return garbage;
}

interface FoundBlob {
  readonly path: string;
  readonly sha256: string;
  readonly status: FileStatus;
  readonly kind: 'blob' | 'trashed-blob';
}

function blobItem(context: StoreContext, { path, sha256, status, kind }: FoundBlob): FoundGarbage {
  const names = status.linkCount - 1;
  const why =
    kind === 'blob' ? 'no model, transaction or pin needs it' : 'nothing asked for it while it was in the trash';
  const kept = names === 0 ? '' : `; ${names} other names keep its bytes, so that nothing is freed`;
  const step = kind === 'blob' ? 'trash' : 'delete';
  return { ...fileItem(context, path, status), kind, step, sha256, reason: `${why}${kept}` };
}

type Unexplained = Omit<FoundGarbage, 'kind' | 'reason'>;

/** @internal */
export function fileItem({ layout }: StoreContext, path: string, status: FileStatus): Unexplained {
  const otherNames = Math.max(0, status.linkCount - 1);
  return {
    path: relative(layout.root, path).split(sep).join('/'),
    absolutePath: path,
    sha256: null,
    step: 'delete',
    sizeBytes: status.sizeBytes,
    freedBytes: otherNames === 0 ? status.diskBytes : 0,
    otherNames,
  };
}

/** @internal A folder with all that is in it; two names in it for the same bytes are counted once. */
export async function folderItem(context: StoreContext, path: string): Promise<Unexplained> {
  const inodes = new Map<string, { readonly status: FileStatus; names: number }>();
  const collect = async (folder: string): Promise<void> => {
    for (const { name, kind } of await readFolder(context, folder)) {
      const below = join(folder, name);
      if (kind === 'folder') await collect(below);
      const status = kind === 'file' ? await statusAt(context.fileSystem, below) : null;
      if (status === null) continue;
      const key = `${status.device}:${status.inode}`;
      inodes.set(key, { status, names: (inodes.get(key)?.names ?? 0) + 1 });
    }
  };
  await collect(path);
  const sum = { sizeBytes: 0, freedBytes: 0, otherNames: 0 };
  for (const { status, names } of inodes.values()) {
    sum.sizeBytes += status.sizeBytes;
    sum.otherNames += Math.max(0, status.linkCount - names);
    if (status.linkCount <= names) sum.freedBytes += status.diskBytes;
  }
  const shown = relative(context.layout.root, path).split(sep).join('/');
  return { path: shown, absolutePath: path, sha256: null, step: 'delete', ...sum };
}
