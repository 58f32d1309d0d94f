import { ModelkeepError, newId, type ModelMetadata, type ModelOverrides, type ModelRecord } from '@modelkeep/core';
import { groupFiles, type ModelGroup } from '../grouping/group-files.ts';
import { readGroupingFacts } from '../grouping/read-grouping-facts.ts';
import { uniqueCleanNames } from '../names/unique-names.ts';
import { withLock, type StoreContext } from '../store-context.ts';
import { findAdopted } from '../external/find-adopted.ts';
import { takeIn } from '../external/take-in.ts';
import { contentsThere, revived } from '../room/revive-model.ts';
import { inheritedOverrides } from '../revisions/inherited-overrides.ts';
import { pipelineParts } from '../revisions/pipeline-parts.ts';
import type { RecordedModel } from '../transaction/transaction-record.ts';
import type { StoredFile } from '../transaction/stored-file.ts';
import { marked } from '../volumes/volume-index.ts';
import type { VolumeLock } from '../volume/volume-locks.ts';
import { commitModel } from './commit-model.ts';
import { contentLockOf } from './content-lock.ts';
import { findSameModel } from './find-same-model.ts';
import { linkCompanions } from './link-companions.ts';
import { mergeMetadata } from './merge-metadata.ts';
import { newMetadata, type SourceLayers } from './new-metadata.ts';
import { projectFiles } from './project-files.ts';
import { scanLayers } from './scan-layers.ts';
import { updateModel } from './update-model.ts';

/** @internal What {@link commitModels} works with. */
export interface CommitModelsOptions {
  readonly transactionId: string;
  /** The transaction's own folder, for what is staged. */
  readonly folder: string;
  readonly files: readonly StoredFile[];
  readonly sourceName: string;
  readonly sourceGroup: string | null;
  readonly layers: SourceLayers;
  /** What new models begin with, as if a person had said it here. */
  readonly overrides?: ModelOverrides | undefined;
  /** Puts what is known of a model in the place of what its bytes tell. */
  readonly adjust?: ((draft: ModelMetadata) => ModelMetadata) | undefined;
  /** Records, before it happens, which models this transaction commits. */
  readonly announce: (models: readonly RecordedModel[]) => Promise<void>;
  /** Hears of models that were outside the library and are its own now. */
  readonly onTakenIn?: ((model: ModelRecord) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @internal Steps 5 to 8 of the commit protocol, for each model that the files make. A model whose weights the library
 * has already gains the new source and what it lacked.
 */
export async function commitModels(context: StoreContext, options: CommitModelsOptions): Promise<ModelRecord[]> {
  const told = await readGroupingFacts(
    context,
    options.files.map(({ name, content: { sha256 } }) => ({ name, path: null, sha256 })),
  );
  const { transactionId } = options;
  const parts = await pipelineParts(context, options.files, { facts: told, transactionId });
  const contents = new Map([...options.files, ...parts.files].map((file) => [file.name, file]));
  const groups = groupFiles({ paths: [...contents.keys()], ...parts.facts });
  if (groups.length === 0) {
    throw new ModelkeepError('library.nothing-to-import', {
      message: 'none of the files holds the weights of a model',
      facts: { paths: [...contents.keys()] },
      hint: 'select at least one .safetensors, .gguf, .ckpt, .pt, .pth, .bin or .onnx file',
    });
  }
  const cleanNames = uniqueCleanNames([...contents.keys()]);
  const records: ModelRecord[] = [];
  for (const [position, group] of groups.entries()) {
    options.signal?.throwIfAborted();
    const files = filesOf(group, contents);
    // Reading and hashing come before the lock, which is for milliseconds.
    const isAlone = groups.filter(({ folder }) => folder === group.folder).length === 1;
    const plain = await newMetadata(context, { ...options, cleanNames, group, isAlone, id: newId(), files });
    const draft = options.adjust?.(plain) ?? plain;
    const commit = (lock: VolumeLock): Promise<ModelRecord> =>
      commitGroup(context, { ...options, group, position, draft, lock });
    const record = await withLock(context, contentLockOf(draft), commit, options.signal);
    records.push(record);
  }
  await options.announce(records.map(({ id, slug }) => ({ id, slug })));
  return linkCompanions(context, records, options.transactionId);
}

interface CommitGroupOptions extends CommitModelsOptions {
  readonly group: ModelGroup;
  readonly position: number;
  readonly draft: ModelMetadata;
  readonly lock: VolumeLock;
}

async function commitGroup(context: StoreContext, options: CommitGroupOptions): Promise<ModelRecord> {
  const { draft } = options;
  const same = await findSameModel(context, draft);
  if (same === null) return commitNew(context, options);
  const there =
    same.metadata.evictedAt === undefined
      ? new Set<string>()
      : await contentsThere(context, same.metadata, options.transactionId);
  const merged = mergeMetadata(revived(same.metadata, there), draft);
  if (merged === same.metadata) {
    // Somebody may have removed a file of it: it is asked for, and its bytes are here.
    await projectFiles(context, { folder: same.folder, metadata: same.metadata });
    await context.index.upsert([same.record]);
    return marked(context, same.record);
  }
  await options.announce([{ id: merged.id, slug: merged.slug }]);
  const isWhole = merged.files.length === same.metadata.files.length;
  const scanned = isWhole ? {} : await scanLayers(context, { ...options, files: merged.files });
  return updateModel(context, {
    id: merged.id,
    slug: merged.slug,
    txn: options.transactionId,
    change: (present) => {
      const changed = mergeMetadata(revived(present, there), draft);
      return changed === present ? present : { ...changed, layers: { ...changed.layers, ...scanned } };
    },
  });
}

/** A scan may be about to adopt the same weights where they are: whoever comes second finds the first one's model. */
async function commitNew(context: StoreContext, options: CommitGroupOptions): Promise<ModelRecord> {
  const { draft, onTakenIn } = options;
  const staged = `model-${options.position}`;
  const [first = context] = context.volumes?.online() ?? [];
  const commit = async (): Promise<ModelRecord> => {
    const adopted = await findAdopted(first, draft);
    const record = adopted === null ? null : await takeIn(context, { ...options, adopted, from: first, staged });
    if (record === null) {
      const overrides = { ...(await inheritedOverrides(context, draft)), ...options.overrides };
      return commitModel(context, { ...options, overrides, metadata: draft, staged });
    }
    onTakenIn?.(record);
    return record;
  };
  return withLock(first, 'external', commit, options.signal);
}

function filesOf(group: ModelGroup, contents: ReadonlyMap<string, StoredFile>): StoredFile[] {
  return [...group.weights, ...group.companions].flatMap((name) => contents.get(name) ?? []);
}
