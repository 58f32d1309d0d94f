import { dirname, join } from 'node:path';
import { isModelkeepError, type ModelMetadata, type ModelOverrides, type ModelRecord } from '@modelkeep/core';
import { ensureFolder, systemCodeOf } from '@modelkeep/io';
import { linkBlob } from '../blobs/recall-blob.ts';
import { effectiveRecord } from '../metadata/effective-record.ts';
import { bringFiles } from '../folder-store/bring-files.ts';
import { isFolderStore } from '../folder-store/contents.ts';
import { METADATA_FILE, OVERRIDES_FILE, serialiseMetadata } from '../metadata/metadata-file.ts';
import { slugWithSuffix } from '../names/slug.ts';
import { marked } from '../volumes/volume-index.ts';
import type { StoreContext } from '../store-context.ts';
import type { VolumeLock } from '../volume/volume-locks.ts';
import { ensureRealFolder } from '../volume/require-real-folders.ts';
import type { RecordedModel } from '../transaction/transaction-record.ts';

/** @internal What {@link commitModel} commits. */
export interface CommitModelOptions {
  readonly metadata: ModelMetadata;
  readonly overrides?: ModelOverrides | undefined;
  /** The transaction's own folder. */
  readonly folder: string;
  /** Name of the staged folder in it. */
  readonly staged: string;
  readonly announce: (models: readonly RecordedModel[]) => Promise<void>;
  /** Is held while the model is committed. */
  readonly lock: Pick<VolumeLock, 'check'>;
}

/**
 * @internal Steps 6 to 8 for a new model: its folder is made whole beside the transaction and then renamed to its place.
 * That rename is the commit. A folder that is taken gives the slug a suffix from the content.
 */
export async function commitModel(context: StoreContext, options: CommitModelOptions): Promise<ModelRecord> {
  const { fileSystem, layout } = context;
  const staged = join(options.folder, options.staged);
  await stageFiles(context, staged, options.metadata);
  const { overrides = {} } = options;
  if (Object.keys(overrides).length > 0) {
    await replaceFile(context, join(staged, OVERRIDES_FILE), `${JSON.stringify(overrides, null, 2)}\n`);
  }
  for (const slug of slugCandidates(options.metadata)) {
    const metadata = { ...options.metadata, slug };
    const final = join(layout.root, slug);
    if ((await isTaken(context, final)) || (await isTakenElsewhere(context, metadata))) continue;
    await options.announce([{ id: metadata.id, slug }]);
    await replaceFile(context, join(staged, METADATA_FILE), serialiseMetadata(metadata));
    await fileSystem.fsyncFolder(staged);
    await ensureRealFolder(fileSystem, layout.root, dirname(final));
    await options.lock.check();
    if (!(await renameInto(context, staged, final))) continue;
    await fileSystem.fsyncFolder(dirname(final));
    await fileSystem.fsyncFolder(options.folder);
    const record = effectiveRecord(metadata, overrides);
    await context.index.upsert([record]);
    // Before the commit the bytes were where everybody finds them: that is where a crash leaves them.
    if (isFolderStore(context)) await bringFiles(context, { folder: final, metadata });
    return marked(context, record);
  }
  throw new Error(`every folder for the model ${options.metadata.id} is taken`);
}

async function stageFiles(context: StoreContext, staged: string, metadata: ModelMetadata): Promise<void> {
  const folders = new Set([staged]);
  await ensureFolder(context.fileSystem, staged);
  for (const file of isFolderStore(context) ? [] : metadata.files) {
    const path = join(staged, file.name);
    await ensureFolder(context.fileSystem, dirname(path));
    folders.add(dirname(path));
    await linkBlob(context, { sha256: file.sha256, path });
  }
  for (const folder of folders) await context.fileSystem.fsyncFolder(folder);
}

/** The slug, then the slug with the content's hash, then with the id, which nobody else has. */
function slugCandidates({ slug, files, id }: ModelMetadata): string[] {
  const weights = files.find(({ role }) => role === 'weights');
  const short = weights?.sha256.slice(0, 8) ?? id.slice(-8);
  return [slug, slugWithSuffix(slug, short), slugWithSuffix(slug, id)];
}

/** Anything at all in a folder makes it somebody's: a model's, or a person's. */
async function isTaken(context: StoreContext, final: string): Promise<boolean> {
  try {
    if ((await context.fileSystem.lstat(final)).kind !== 'folder') return true;
    return (await context.fileSystem.readdir(final)).length > 0;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return false;
    throw error;
  }
}

/** A slug means one model, on whatever volume it is. */
async function isTakenElsewhere({ index, volumes }: StoreContext, { id, slug }: ModelMetadata): Promise<boolean> {
  if ((volumes?.online().length ?? 1) + (volumes?.offline().size ?? 0) < 2) return false;
  const other = await index.bySlug(slug);
  return other !== null && other.id !== id;
}

async function renameInto(context: StoreContext, staged: string, final: string): Promise<boolean> {
  try {
    await context.fileSystem.rename(staged, final);
    return true;
  } catch (error) {
    if (
      ['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM'].includes(systemCodeOf(error) ?? '') &&
      (await isTaken(context, final))
    ) {
      return false;
    }
    throw error;
  }
}

async function replaceFile(context: StoreContext, path: string, data: string): Promise<void> {
  try {
    await context.fileSystem.unlink(path);
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
  await context.fileSystem.writeFile(path, { data });
}
