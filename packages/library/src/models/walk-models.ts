import { join } from 'node:path';
import {
  isModelkeepError,
  type ModelkeepError,
  type ModelMetadata,
  type ModelOverrides,
  type ModelRecord,
} from '@modelkeep/core';
import type { FileSystem, FolderEntry } from '@modelkeep/io';
import { EXTERNAL_FOLDER, externalSlug, isExternalSlug } from '../external/external-slug.ts';
import { effectiveRecord } from '../metadata/effective-record.ts';
import { METADATA_FILE, readMetadata, readOverrides } from '../metadata/metadata-file.ts';
import { isSlug, isSlugSegment } from '../names/slug.ts';
import { metadataFolder } from './model-folder.ts';
import { reservedFolders, type VolumeLayout } from '../volume/layout.ts';

/** @internal A model's folder as the disk has it. */
export interface FoundModel {
  readonly folder: string;
  readonly slug: string;
  readonly metadata: ModelMetadata;
  readonly overrides: ModelOverrides;
  readonly record: ModelRecord;
}

/** @internal A model's folder that cannot be read. Its bytes are left as they are. */
export interface BrokenModel {
  readonly folder: string;
  readonly slug: string;
  readonly error: ModelkeepError;
}

/** @internal Every `<category>/<family>/<name>` of a volume that holds a metadata.json, in the order of their slugs; then the models outside. */
export async function* walkModelFolders(fileSystem: FileSystem, layout: VolumeLayout): AsyncGenerator<string> {
  for (const category of await subfolders(fileSystem, layout.root)) {
    if (reservedFolders.has(category)) continue;
    for (const family of await subfolders(fileSystem, join(layout.root, category))) {
      for (const name of await subfolders(fileSystem, join(layout.root, category, family))) {
        const slug = `${category}/${family}/${name}`;
        if (isSlug(slug) && (await exists(fileSystem, join(layout.root, slug, METADATA_FILE)))) yield slug;
      }
    }
  }
  for (const id of await subfolders(fileSystem, join(layout.root, EXTERNAL_FOLDER))) {
    const slug = externalSlug(id);
    if (isExternalSlug(slug) && (await exists(fileSystem, join(layout.root, slug, METADATA_FILE)))) yield slug;
  }
}

/** @internal Reads one model's folder; the folder's place, and not what the file says, is its slug. */
export async function readModel(fileSystem: FileSystem, layout: VolumeLayout, slug: string): Promise<FoundModel> {
  return readModelIn(fileSystem, { folder: metadataFolder(layout, { slug }), slug });
}

/** @internal Reads the model of a folder, wherever it stands. */
export async function readModelIn(
  fileSystem: FileSystem,
  { folder, slug }: { readonly folder: string; readonly slug: string },
): Promise<FoundModel> {
  const metadata = { ...(await readMetadata(fileSystem, folder)), slug };
  const overrides = await readOverrides(fileSystem, folder);
  return { folder, slug, metadata, overrides, record: effectiveRecord(metadata, overrides) };
}

/** @internal Every model of a volume; one that cannot be read does not hide the others. */
export async function* walkModels(
  fileSystem: FileSystem,
  layout: VolumeLayout,
): AsyncGenerator<FoundModel | BrokenModel> {
  for await (const slug of walkModelFolders(fileSystem, layout)) {
    try {
      yield await readModel(fileSystem, layout, slug);
    } catch (error) {
      if (!isModelkeepError(error)) throw error;
      yield { folder: join(layout.root, slug), slug, error };
    }
  }
}

async function subfolders(fileSystem: FileSystem, folder: string): Promise<string[]> {
  let entries: readonly FolderEntry[];
  try {
    entries = await fileSystem.readdir(folder);
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return [];
    throw error;
  }
  return entries
    .filter(({ name, kind }) => kind === 'folder' && isSlugSegment(name))
    .map(({ name }) => name)
    .toSorted();
}

async function exists(fileSystem: FileSystem, path: string): Promise<boolean> {
  try {
    await fileSystem.lstat(path);
    return true;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return false;
    throw error;
  }
}
