import { join } from 'node:path';
import { isModelkeepError, ModelkeepError, type ModelMetadata, type ModelRecord, type Progress } from '@modelkeep/core';
import { volumeFileSchema } from '@modelkeep/core/schemas';
import { readJson, writeFileAtomic } from '@modelkeep/io';
import { METADATA_FILE, OVERRIDES_FILE, readOverrides } from '../metadata/metadata-file.ts';
import { updateModel } from '../models/update-model.ts';
import { walkModels, type FoundModel } from '../models/walk-models.ts';
import type { StoreContext } from '../store-context.ts';
import { volumeLayout } from '../volume/layout.ts';
import { SUPPORTED_FORMAT } from '../volume/open-volume.ts';
import type { HashChoice } from './content-hashes.ts';
import { copySet } from './copy-set.ts';
import { createImportProgress } from './import-progress.ts';
import { localOrigin, type ImportOptions, type ImportOrigin, type ImportResult } from './import-types.ts';

/** @internal How {@link importLibrary} works. */
export interface ImportLibraryOptions {
  readonly result: ImportResult;
  readonly tell: (change: Partial<Progress>) => void;
  readonly hashes?: HashChoice | undefined;
  readonly onTakenIn?: ImportOptions['onTakenIn'];
  readonly signal?: AbortSignal | undefined;
}

/** @internal Whether a folder is a library other than this one. */
export async function isOtherLibrary({ fileSystem, layout }: StoreContext, folder: string): Promise<boolean> {
  try {
    if ((await fileSystem.lstat(join(folder, 'modelkeep.json'))).kind !== 'file') return false;
    return (await fileSystem.realpath(folder)) !== (await fileSystem.realpath(layout.root));
  } catch (error) {
    if (isModelkeepError(error)) return false;
    throw error;
  }
}

/**
 * @internal Copies the models of another library with all that is said of them: id, layers, sources and overrides. A model
 * that is here already keeps what it has and gains what it lacked.
 *
 * @param root - the other library, absolute
 * @throws `core.format-newer`, `library.invalid`
 */
export async function importLibrary(context: StoreContext, root: string, options: ImportLibraryOptions): Promise<void> {
  const { result, signal } = options;
  await requireReadable(context, root);
  for await (const found of walkModels(context.fileSystem, volumeLayout(root))) {
    signal?.throwIfAborted();
    if ('error' in found) {
      const { code, message } = found.error;
      result.errors.push({ path: join(found.folder, METADATA_FILE), code, message });
    } else if (found.metadata.place !== undefined) {
      result.skipped.push({ path: found.folder, reason: 'its files are outside of that library: scan their folder' });
    } else {
      await importModel(context, found, options);
    }
  }
}

async function requireReadable({ fileSystem }: StoreContext, root: string): Promise<void> {
  const path = join(root, 'modelkeep.json');
  const parsed = volumeFileSchema.safeParse(await readJson(fileSystem, { path }));
  if (!parsed.success) {
    throw new ModelkeepError('library.invalid', {
      message: `${root} cannot be read as a model library`,
      facts: { path: root, reason: parsed.error.issues[0]?.message ?? 'unknown' },
    });
  }
  if (parsed.data.minReader <= SUPPORTED_FORMAT) return;
  throw new ModelkeepError('core.format-newer', {
    message: `${root} was written by a newer version of modelkeep`,
    facts: { path: root, format: parsed.data.minReader, supported: SUPPORTED_FORMAT },
    hint: 'update modelkeep',
  });
}

async function importModel(context: StoreContext, found: FoundModel, options: ImportLibraryOptions): Promise<void> {
  const { result, tell, hashes, onTakenIn, signal } = options;
  const { metadata, folder } = found;
  const byPath = new Map(metadata.files.map((file) => [join(folder, file.name), file]));
  const overrides = await readOverrides(context.fileSystem, folder);
  const isIdFree = (await context.index.get(metadata.id)) === null;
  const origin: ImportOrigin = {
    sourceGroup: metadata.sourceGroup,
    layers: {},
    sourceOf: (path) => byPath.get(path)?.source ?? localOrigin.sourceOf(path),
    // The other library is as little believed as any: what is not what it says is left out.
    claimOf: (path) => byPath.get(path)?.sha256 ?? null,
    overrides,
    adjust: (draft) => (isSameModel(draft, metadata) ? withHistory(draft, { metadata, isIdFree }) : draft),
  };
  const files = [...byPath].map(([path, { name, sizeBytes }]) => ({
    name,
    path,
    given: path,
    isLink: false,
    sizeBytes,
  }));
  const before = result.models.length;
  const progress = createImportProgress(context.clock, tell, files);
  await copySet(
    context,
    { name: metadata.officialName, folder, files },
    { result, progress, origin, hashes, onTakenIn, signal },
  );
  if (Object.keys(overrides).length === 0) return;
  for (const record of result.models.slice(before)) await keepOverrides(context, record, folder);
}

function isSameModel(draft: ModelMetadata, { files }: ModelMetadata): boolean {
  const present = new Set(draft.files.map(({ sha256 }) => sha256));
  return files.every(({ role, sha256 }) => role !== 'weights' || present.has(sha256));
}

/** What the other library says, of the files that could be copied. */
function withHistory(
  draft: ModelMetadata,
  { metadata, isIdFree }: { readonly metadata: ModelMetadata; readonly isIdFree: boolean },
): ModelMetadata {
  const present = new Set(draft.files.map(({ sha256 }) => sha256));
  const { txn, updatedAt } = draft;
  const id = isIdFree ? metadata.id : draft.id;
  const files = metadata.files.filter(({ sha256 }) => present.has(sha256));
  return { ...metadata, id, files, txn, updatedAt, revision: 1 };
}

/** A model that was here without a word of its user's takes over theirs from the other library. */
async function keepOverrides(context: StoreContext, record: ModelRecord, from: string): Promise<void> {
  const { fileSystem, layout } = context;
  const path = join(layout.root, record.slug, OVERRIDES_FILE);
  try {
    await fileSystem.lstat(path);
    return;
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
  const data = await fileSystem.readFile(join(from, OVERRIDES_FILE), { maxBytes: 16 * 1024 * 1024 });
  await writeFileAtomic(fileSystem, { path, data });
  const { id, slug } = record;
  await updateModel(context, { id, slug, txn: record.id, change: (present) => ({ ...present }) });
}
