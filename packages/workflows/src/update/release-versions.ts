import { isModelkeepError, type ModelRecord } from '@modelkeep/core';
import { deleteModel, type DeleteContext, type DeleteReport } from '../keep/delete-model.ts';

/** How older versions are given up. */
export interface ReleaseOptions {
  /** Only tells what would go. @default false */
  readonly dryRun?: boolean | undefined;
  /** Whether the links of apps to older versions go first; otherwise what has links stays. @default false */
  readonly unlink?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An older version that stays. Plain data. */
export interface KeptVersion {
  readonly modelId: string;
  readonly slug: string;
  /**
   * `pinned`: a person wants links to it to stay, or its bytes and not those of the newest version. `linked`: apps link to it.
   */
  readonly why: 'pinned' | 'linked';
}

/** What was given up, or would be. Plain data. */
export interface ReleaseReport {
  readonly dryRun: boolean;
  /** The newest version, which stays. */
  readonly modelId: string;
  readonly slug: string;
  readonly released: readonly DeleteReport[];
  readonly kept: readonly KeptVersion[];
  /** Small files that newer ones had taken the place of, and their bytes. */
  readonly files: number;
  readonly bytes: number;
}

/**
 * @internal Gives up all versions of a model but the newest, and the files that updates have replaced. Their bytes go with
 * the next collections of unused blobs.
 */
export async function releaseVersions(
  context: DeleteContext,
  reference: string,
  { dryRun = false, unlink = false, signal }: ReleaseOptions = {},
): Promise<ReleaseReport> {
  const { store } = context;
  const versions = await store.versions(reference, { signal });
  const newest = versions.at(-1);
  const released: DeleteReport[] = [];
  const kept: KeptVersion[] = [];
  for (const { model } of versions.slice(0, -1)) {
    const isLinePinned = newest?.model.pinned === true;
    const why = (await keepReason(context, model, { unlink, isLinePinned, signal })) ?? null;
    if (why !== null) {
      kept.push({ modelId: model.id, slug: model.slug, why });
      continue;
    }
    const deleted = await deleteUnlinked(context, model, { dryRun, unlink, signal });
    if (deleted === null) kept.push({ modelId: model.id, slug: model.slug, why: 'linked' });
    else released.push(deleted);
  }
  const { id: modelId, slug } = newest?.model ?? (await store.resolve(reference));
  const replaced = newest?.replaced ?? [];
  if (!dryRun && replaced.length > 0) await store.releaseReplaced(modelId, { signal });
  const bytes = replaced.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { dryRun, modelId, slug, released, kept, files: replaced.length, bytes };
}

async function keepReason(
  { links }: DeleteContext,
  { id, pinned, follow }: ModelRecord,
  { unlink, isLinePinned, signal }: Pick<ReleaseOptions, 'unlink' | 'signal'> & { readonly isLinePinned: boolean },
): Promise<KeptVersion['why'] | undefined> {
  // A new version begins with the pin of the one before: what is to stay here is the model then, not each version of it.
  if ((pinned === true && !isLinePinned) || follow === 'pinned') return 'pinned';
  const known = await links.linksOf(id, { signal });
  return known.length > 0 && unlink !== true ? 'linked' : undefined;
}

/** Null where somebody has linked to it meanwhile. */
async function deleteUnlinked(
  context: DeleteContext,
  { id }: ModelRecord,
  options: ReleaseOptions,
): Promise<DeleteReport | null> {
  try {
    return await deleteModel(context, id, options);
  } catch (error) {
    if (isModelkeepError(error, 'workflows.model-linked')) return null;
    throw error;
  }
}
