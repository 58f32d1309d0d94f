import { dirname, join } from 'node:path';
import { isModelkeepError, type ModelFile } from '@modelkeep/core';
import type { FileStatus, FolderEntry } from '@modelkeep/io';
import { blobPath, blobStatus } from '../blobs/blob-store.ts';
import { isFolderStore } from '../folder-store/contents.ts';
import { METADATA_FILE, OVERRIDES_FILE } from '../metadata/metadata-file.ts';
import type { StoreContext } from '../store-context.ts';
import { isRealFolder } from '../volume/require-real-folders.ts';
import { isLeftover } from './clear-folder.ts';
import type { FoundModel } from './walk-models.ts';

/** What deleting a model does, told before it is done. Plain data. */
export interface RemovalPlan {
  readonly modelId: string;
  readonly slug: string;
  /** Absolute path. */
  readonly folder: string;
  /** Files of the model's folder that go. */
  readonly files: readonly Pick<ModelFile, 'name' | 'sha256' | 'sizeBytes'>[];
  /**
   * What stays where it is because it is not the library's, as paths below the model's folder: a person's notes, an app's
   * files, files that were changed since.
   */
  readonly kept: readonly string[];
  /** Bytes that no other model names. They are still there after the deletion, until `gc` collects them. */
  readonly bytesToCollect: number;
  /** Bytes that other models name as well. */
  readonly bytesShared: number;
  /** Models that this one goes with: they keep the reference, which leads nowhere then. */
  readonly companionOf: readonly { readonly id: string; readonly slug: string; readonly role: string }[];
}

/** @internal Looks at a model and at what shares its bytes. Reads files whole that are no second name of their blob. */
export async function planRemoval(
  context: StoreContext,
  model: FoundModel,
  signal?: AbortSignal,
): Promise<RemovalPlan> {
  const { metadata, folder, slug } = model;
  const files: ModelFile[] = [];
  for (const file of metadata.files) {
    signal?.throwIfAborted();
    if (await isOurs(context, { folder, file, signal })) files.push(file);
  }
  const bytes = await bytesOf(context, model);
  return {
    modelId: metadata.id,
    slug,
    folder,
    files: files.map(({ name, sha256, sizeBytes }) => ({ name, sha256, sizeBytes })),
    kept: await foreignFiles(context, folder, files),
    ...bytes,
    companionOf: await companionsOf(context, metadata.id, signal),
  };
}

interface OursOptions {
  readonly folder: string;
  readonly file: ModelFile;
  readonly signal: AbortSignal | undefined;
}

/** Whether the file holds what the metadata says: another name of the blob, or the same bytes. */
async function isOurs(context: StoreContext, { folder, file, signal }: OursOptions): Promise<boolean> {
  const path = join(folder, file.name);
  if (!(await isRealFolder(context.fileSystem, context.layout.root, dirname(path)))) return false;
  const status = await statusOf(context, path);
  if (status?.kind !== 'file' || status.sizeBytes !== file.sizeBytes) return false;
  // Without a blob beside it the file itself is what would be compared.
  const blob = isFolderStore(context) ? null : await blobStatus(context, file.sha256);
  if (blob !== null && blob.inode === status.inode && blob.device === status.device) return true;
  const { digests } = await context.io.hashFile(path, { algorithms: ['sha256'], signal });
  return digests.sha256 === file.sha256;
}

async function statusOf(context: StoreContext, path: string): Promise<FileStatus | null> {
  try {
    return await context.fileSystem.lstat(path);
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return null;
    throw error;
  }
}

/** These go with the model; another spelling of them is somebody's file where case counts. */
const ownFiles: readonly string[] = [METADATA_FILE, OVERRIDES_FILE];

/** What is in the folder and is neither a file that goes nor one of the library's own. Links are named, not followed. */
async function foreignFiles(
  context: StoreContext,
  folder: string,
  files: readonly ModelFile[],
): Promise<readonly string[]> {
  const ours = new Set(files.map(({ name }) => name));
  const foreign: string[] = [];
  const look = async (below: string): Promise<void> => {
    for (const { name, kind } of await entriesOf(context, join(folder, below))) {
      const path = below === '' ? name : `${below}/${name}`;
      if (kind === 'folder') await look(path);
      else if (!ours.has(path) && !ownFiles.includes(path) && !isLeftover(path)) foreign.push(path);
    }
  };
  await look('');
  return foreign.toSorted();
}

/** What is in a folder that nobody may look into stays as well. */
async function entriesOf(context: StoreContext, folder: string): Promise<readonly FolderEntry[]> {
  try {
    return await context.fileSystem.readdir(folder);
  } catch (error) {
    if (isModelkeepError(error, 'io.permission')) return [];
    throw error;
  }
}

async function bytesOf(
  context: StoreContext,
  { metadata }: FoundModel,
): Promise<Pick<RemovalPlan, 'bytesToCollect' | 'bytesShared'>> {
  const bytes = { bytesToCollect: 0, bytesShared: 0 };
  const contents = new Map(metadata.files.map(({ sha256 }) => [sha256, blobPath(context, sha256)]));
  for (const sha256 of contents.keys()) {
    const status = await blobStatus(context, sha256);
    if (status === null) continue;
    const hits = await context.index.findByFileHash({ sha256 });
    const isShared = hits.some(({ modelId }) => modelId !== metadata.id);
    bytes[isShared ? 'bytesShared' : 'bytesToCollect'] += status.sizeBytes;
  }
  return bytes;
}

async function companionsOf(
  context: StoreContext,
  id: string,
  signal?: AbortSignal,
): Promise<RemovalPlan['companionOf']> {
  const found: { id: string; slug: string; role: string }[] = [];
  for (let after: string | undefined; ;) {
    const page = await context.index.list({ limit: 500, after, signal });
    for (const record of page.records) {
      const companion = record.companions.find((one) => one.id === id);
      if (companion !== undefined) found.push({ id: record.id, slug: record.slug, role: companion.role });
    }
    if (page.next === null) return found;
    after = page.next;
  }
}
