import type { DeclaredModel, ManifestEntry } from '@modelkeep/fleet';
import { isSha1, isModelkeepError } from '@modelkeep/core';
import { selectFiles, type HubReference, type TreeStore } from '@modelkeep/hf-client';
import type { LibraryStore } from '@modelkeep/library';
import { listAllModels } from '../link/list-all-models.ts';
import { readDeclaredSource, selectionOf } from './declared-source.ts';
import type { NeededFile } from './files-here.ts';

/** @internal */
export interface NeededFilesContext {
  readonly store: LibraryStore;
  readonly trees: TreeStore;
  readonly hubEndpoint: string;
}

/** @internal Which files make a declared model, as far as that is known without asking anybody. */
export interface NeededFiles {
  readonly files: readonly NeededFile[];
  readonly revision: string | null;
}

/**
 * @internal What a declared model needs: the files that were declared with their hashes, else those that the source has at
 * the revision that is here, else those that came from there.
 *
 * @returns null where nobody knows
 */
export async function neededFiles(
  context: NeededFilesContext,
  model: DeclaredModel,
  entry: ManifestEntry | null,
): Promise<NeededFiles | null> {
  const source = readDeclaredSource(model.source, context.hubEndpoint);
  const declared = model.files.filter(({ sha256 }) => sha256 !== null);
  const revision = entry?.revision ?? null;
  if (source.hub !== null) {
    for await (const place of commitsOf(context, source.hub, revision)) {
      const files = await selectedOf(context, { reference: source.hub, place, model });
      if (files !== null) return { files: [...files, ...asNeeded(declared)], revision: place.commit };
    }
  }
  if (declared.length > 0 && declared.length === model.files.length) return { files: asNeeded(declared), revision };
  if (source.hub !== null || entry === null) return null;
  const came = await cameFrom(context, model, { repoId: source.repoId, revision });
  const sizeBytes = came.reduce((sum, file) => sum + (file.sizeBytes ?? 0), 0);
  // Less than was completed: a model was deleted.
  return came.length === 0 || sizeBytes < entry.sizeBytes ? null : { files: came, revision };
}

function asNeeded(files: DeclaredModel['files']): NeededFile[] {
  return files.map(({ sizeBytes, sha256 }) => ({ sizeBytes, sha256, gitSha1: null }));
}

interface PlaceOfCommit {
  readonly endpoint: string;
  readonly commit: string;
}

/**
 * The commits that may be here: what was completed or declared, else what models of the repo came from. Which hub they came
 * from need not be the one that is asked now.
 */
async function* commitsOf(
  { store, hubEndpoint }: NeededFilesContext,
  { repo, revision }: HubReference,
  completed: string | null,
): AsyncGenerator<PlaceOfCommit> {
  const wanted = completed ?? (revision !== null && isSha1(revision) ? revision : null);
  if (wanted !== null) yield { endpoint: hubEndpoint, commit: wanted };
  const seen = new Set<string>();
  for await (const { files } of listAllModels(store, { repo })) {
    for (const { source } of files) {
      if (source?.repo !== repo || source.commit === null || source.endpoint === null) continue;
      const isWanted = wanted === null ? revision === null || source.revision === revision : source.commit === wanted;
      const { endpoint, commit } = source;
      if (!isWanted || seen.has(`${endpoint} ${commit}`)) continue;
      seen.add(`${endpoint} ${commit}`);
      yield { endpoint, commit };
    }
  }
}

async function selectedOf(
  { trees }: NeededFilesContext,
  { reference, place, model }: { reference: HubReference; place: PlaceOfCommit; model: DeclaredModel },
): Promise<readonly NeededFile[] | null> {
  const tree = await trees.get({ ...place, repo: reference.repo });
  if (tree === null) return null;
  try {
    return selectFiles(tree.files, { ...selectionOf(model), repo: reference.repo, path: reference.path }).files;
  } catch (error) {
    if (isModelkeepError(error, 'hub.nothing-selected')) return null;
    throw error;
  }
}

/** The files of the library that came from a place that is no repo of the hub. */
async function cameFrom(
  { store }: NeededFilesContext,
  { source: reference }: DeclaredModel,
  { repoId, revision }: { readonly repoId: string; readonly revision: string | null },
): Promise<readonly NeededFile[]> {
  const isCivitai = reference.startsWith('civitai:') || repoId.startsWith('civitai:');
  const found: NeededFile[] = [];
  for await (const { files } of listAllModels(store, { provider: isCivitai ? 'civitai' : 'url' })) {
    for (const { source, sizeBytes, sha256, gitSha1 } of files) {
      const isOne =
        source !== null &&
        (isCivitai
          ? source.provider === 'civitai' && source.revision === revision
          : source.provider === 'url' && `${source.endpoint ?? ''}${source.path ?? ''}` === repoId);
      if (isOne) found.push({ sizeBytes, sha256, gitSha1 });
    }
  }
  return found;
}
