import { join } from 'node:path';
import { isId, isModelkeepError, ModelkeepError, type ModelRecord } from '@modelkeep/core';
import { createLink } from '@modelkeep/io';
import { isFolderStore, moveDurably, waitingPath } from '../folder-store/contents.ts';
import { readFolder } from '../gc/trash.ts';
import { readMetadata } from '../metadata/metadata-file.ts';
import { isSlug } from '../names/slug.ts';
import { hasContent } from '../repair/has-content.ts';
import type { StoreContext } from '../store-context.ts';
import { beginTransaction, type Transaction, type TransactionFile } from '../transaction/transaction.ts';
import { removeTree } from '../transaction/remove-tree.ts';
import { TRASH_NAME } from '../volume/trash.ts';
import type { VolumeSet } from '../volumes/volume-set.ts';
import { findSameModel } from './find-same-model.ts';
import { readModelIn, type FoundModel } from './walk-models.ts';

/** A model in the trash. Plain data. */
export interface DeletedModel {
  readonly id: string;
  readonly slug: string;
  readonly officialName: string;
  readonly sizeBytes: number;
  /** ISO 8601. */
  readonly deletedAt: string;
  /** The volume that it was on; absent on the first one. */
  readonly volumeId?: string | undefined;
}

/** How a deleted model is brought back. */
export interface UndeleteOptions {
  readonly signal?: AbortSignal | undefined;
}

/** @internal */
export interface TrashedModel {
  readonly context: StoreContext;
  readonly entry: string;
  readonly found: FoundModel;
  readonly deletedAt: string;
}

/** @internal Models in the trash of all volumes, the last deleted one first. One that cannot be read is left out. */
export async function listDeleted(set: VolumeSet): Promise<DeletedModel[]> {
  const models: DeletedModel[] = [];
  for await (const { context, found, deletedAt } of trashedOnAll(set)) {
    // It was moved to another volume, or is back.
    if ((await context.index.get(found.metadata.id)) !== null) continue;
    const { id, officialName, sizeBytes } = found.record;
    const { volumeMark: volumeId } = context;
    models.push({ id, slug: found.metadata.slug, officialName, sizeBytes, deletedAt, volumeId });
  }
  const latest = new Map(
    models.toSorted((a, b) => (a.deletedAt < b.deletedAt ? -1 : 1)).map((model) => [model.id, model]),
  );
  return [...latest.values()].toReversed();
}

async function* trashedOnAll(set: VolumeSet): AsyncGenerator<TrashedModel> {
  for (const context of set.online()) yield* trashedModels(context);
}

/** @internal What is in the trash of a volume; also of models that were moved to another one, or are back. */
export async function* trashedModels(context: StoreContext): AsyncGenerator<TrashedModel> {
  const { trash } = context.layout;
  for (const { name } of await readFolder(context, trash)) {
    if (!TRASH_NAME.test(name)) continue;
    for (const { name: id } of await readFolder(context, join(trash, name))) {
      if (!isId(id)) continue;
      const entry = join(trash, name, id);
      try {
        const { slug } = await readMetadata(context.fileSystem, entry);
        // What a file says of its folder may come from anybody.
        if (!isSlug(slug)) continue;
        const found = await readModelIn(context.fileSystem, { folder: entry, slug });
        yield { context, entry, found, deletedAt: timeOf(name) };
      } catch (error) {
        if (!isModelkeepError(error)) throw error;
      }
    }
  }
}

/** `models-20260102T030405678Z` as ISO 8601. */
function timeOf(name: string): string {
  return name.replace(/^models-(....)(..)(..T..)(..)(..)(...)Z$/u, '$1-$2-$3:$4:$5.$6Z');
}

/** @internal Brings a deleted model back with its id. What is in the trash goes when the model is committed. */
export async function undeleteModel(
  set: VolumeSet,
  reference: string,
  { signal }: UndeleteOptions = {},
): Promise<ModelRecord> {
  const candidates: TrashedModel[] = [];
  for await (const one of trashedOnAll(set)) {
    const { id, slug, officialName } = one.found.metadata;
    if ([id, slug, officialName].includes(reference)) candidates.push(one);
  }
  const trashed = candidates.toSorted((a, b) => (a.deletedAt < b.deletedAt ? 1 : -1))[0];
  if (trashed === undefined) {
    throw new ModelkeepError('library.model-not-found', {
      message: `no deleted model is called ${JSON.stringify(reference)}`,
      facts: { reference },
      hint: 'the trash keeps a model until the next gc that is a day later',
    });
  }
  const { context, found, entry } = trashed;
  const present = await context.index.get(found.metadata.id);
  const same = await findSameModel(context, found.metadata);
  const other = present?.slug ?? same?.slug;
  if (other !== undefined) {
    throw new ModelkeepError('core.invalid-argument', {
      message: `the library has this model again: ${other}`,
      facts: { argument: 'reference', found: reference },
    });
  }
  const { files, replaced = [] } = found.metadata;
  const contents = new Map([...replaced, ...files].map((file) => [file.sha256, file]));
  const transaction = await beginTransaction(
    context,
    [...contents.values()].map(({ sizeBytes, sha256, gitSha1, source }) => ({
      name: sha256,
      sizeBytes,
      sha256,
      gitSha1,
      source: source ?? { provider: 'local', endpoint: null, repo: null, revision: null, commit: null, path: null },
    })),
    { signal },
  );
  try {
    for (const file of transaction.files) {
      const own = files.find(({ sha256 }) => sha256 === file.sha256);
      if (file.content !== null || own === undefined) continue;
      await bringBack(context, { transaction, file, path: join(entry, own.name) });
    }
    const there = new Set(transaction.files.filter(({ content }) => content !== null).map(({ name }) => name));
    // What newer files had taken the place of has no name but the blob's: that may be gone.
    const kept = replaced.filter(({ sha256 }) => there.has(sha256));
    const { replaced: _replaced, ...plain } = found.metadata;
    const metadata = kept.length === 0 ? plain : { ...plain, replaced: kept };
    const model = await transaction.adoptModel({ metadata, overrides: found.overrides, signal });
    await transaction.discard();
    await removeTree(context.fileSystem, entry);
    return model;
  } catch (error) {
    await transaction.abandon(context.logger);
    throw error;
  }
}

interface BroughtBack {
  readonly transaction: Transaction;
  readonly file: TransactionFile;
  /** In the trash. */
  readonly path: string;
}

/** The blob may be gone already: the deleted model's own file is another name of its bytes. */
async function bringBack(context: StoreContext, { transaction, file, path }: BroughtBack): Promise<void> {
  const { sha256, sizeBytes, part, name, gitSha1 } = file;
  if (sha256 === null || !(await hasContent(context, path, { sha256, signal: undefined }))) {
    throw new ModelkeepError('io.not-found', {
      message: `the bytes of ${name} are gone`,
      facts: { path },
      hint: 'download or import the model again',
    });
  }
  const content = { sizeBytes: sizeBytes ?? 0, sha256, blake3: null, gitSha1 };
  if (isFolderStore(context)) {
    // The only name of the bytes goes to where everybody finds them, and never to a part: parts are given up.
    await moveDurably(context, path, waitingPath(context, sha256));
    await transaction.adopt(name, content);
    return;
  }
  await createLink(context.fileSystem, { existing: path, path: part });
  await transaction.publish(name, content);
}
