import { join, relative, sep } from 'node:path';
import { newId, type ExternalPlace, type ModelFile, type ModelMetadata } from '@modelkeep/core';
import { newMetadata } from '../models/new-metadata.ts';
import type { StoreContext } from '../store-context.ts';
import { isBelow } from './external-place.ts';
import { externalSlug } from './external-slug.ts';
import type { FoundFile, FoundSet } from './found-set.ts';
import type { FoundGroup } from './group-found.ts';

/** @internal Where the files of a group are: the model's folder, and each file below it. */
export interface GroupPlace {
  readonly folder: string;
  readonly place: ExternalPlace;
  /** Path below the folder, `/` between segments. */
  readonly below: (file: FoundFile) => string;
}

/**
 * @internal Chooses a model's folder: that of its files, or where their names are links the nearest one that all of them
 * are really in. A pipeline is opened as a folder and stays the one that its names make.
 */
export async function placeOfGroup(
  { group, files }: FoundGroup,
  { set, placeOf }: { readonly set: FoundSet; readonly placeOf: (folder: string) => Promise<ExternalPlace> },
): Promise<GroupPlace> {
  const named = join(set.folder, group.folder);
  const isNamed = group.kind === 'diffusers' || files.every(({ path, real }) => path === real && isBelow(named, path));
  const folder = isNamed ? named : (set.bases.find((base) => files.every(({ real }) => isBelow(base, real))) ?? named);
  return {
    folder,
    place: await placeOf(folder),
    below: ({ path, real }) =>
      relative(folder, isNamed ? path : real)
        .split(sep)
        .join('/'),
  };
}

/** @internal What {@link draftExternal} makes metadata from. */
export interface DraftExternalOptions {
  readonly set: FoundSet;
  readonly found: FoundGroup;
  readonly where: GroupPlace;
  readonly transactionId: string;
  readonly signal?: AbortSignal | undefined;
}

/** @internal The metadata of a model that stays where it is, identified from its bytes. */
export async function draftExternal(context: StoreContext, options: DraftExternalOptions): Promise<ModelMetadata> {
  const { set, found, where, transactionId, signal } = options;
  const { group, files } = found;
  const byName = new Map(files.map((file) => [file.name, file]));
  const id = newId();
  const metadata = await newMetadata(context, {
    id,
    transactionId,
    group,
    files: files.map((file) => ({
      name: file.name,
      sizeBytes: file.sizeBytes,
      sha256: file.sha256,
      gitSha1: file.gitSha1,
      source: file.source,
      content: { sizeBytes: file.sizeBytes, sha256: file.sha256, blake3: null, gitSha1: file.gitSha1 },
    })),
    // The names are their owner's: nothing outside the library is renamed.
    cleanNames: { get: (name) => name },
    pathOf: ({ officialName }) => byName.get(officialName)?.path ?? '',
    sourceName: set.name,
    sourceGroup: set.sourceGroup,
    layers: set.layers,
    // Sidecars of others were left out when the files were sorted, but where a store shares them.
    isAlone: !set.sharesCompanions,
    signal,
  });
  const placed = metadata.files.map((file): ModelFile => {
    const origin = byName.get(file.officialName);
    if (origin === undefined) return file;
    const at = where.below(origin);
    return { ...file, ...(at === file.name ? {} : { at }), stamp: origin.stamp };
  });
  return { ...metadata, slug: externalSlug(id), place: where.place, files: placed };
}
