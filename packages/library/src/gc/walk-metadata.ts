import { join } from 'node:path';
import { isModelkeepError, ModelkeepError, type ModelMetadata } from '@modelkeep/core';
import { readJson, type FolderEntry } from '@modelkeep/io';
import { METADATA_FILE, readMetadata } from '../metadata/metadata-file.ts';
import type { StoreContext } from '../store-context.ts';

/** Folders at the top that hold no models of ours: our own, and what systems put on a drive and keep to themselves. */
const PASSED_OVER = new Set(['blobs', 'repos', 'trash', 'lost+found', 'System Volume Information', '$RECYCLE.BIN']);
const MAX_DEPTH = 16;

/**
 * @internal Every metadata.json of the volume, wherever a person may have moved it, those of external models included.
 * Other than a walk for the index it does not pass over what it cannot read: whoever asks is about to throw away what no
 * model needs.
 *
 * @throws `library.corrupt-metadata`, `library.gc-refused` for a link that may hide models, `io.*`
 */
export async function* walkMetadata(
  context: StoreContext,
  signal?: AbortSignal,
): AsyncGenerator<ModelMetadata | object> {
  const { root } = context.layout;
  for (const entry of await context.fileSystem.readdir(root)) {
    if (entry.name.startsWith('.') || PASSED_OVER.has(entry.name)) continue;
    if (entry.name === 'external') yield* walkExternal(context, join(root, entry.name), signal);
    else yield* walkEntry(context, { folder: root, entry, depth: 1, signal });
  }
}

interface Place {
  readonly folder: string;
  readonly entry: FolderEntry;
  readonly depth: number;
  readonly signal: AbortSignal | undefined;
}

async function* walkEntry(context: StoreContext, place: Place): AsyncGenerator<ModelMetadata> {
  const { fileSystem } = context;
  const { entry, depth, signal } = place;
  const path = join(place.folder, entry.name);
  if (entry.kind === 'symlink') await refuseFolderLink(context, path);
  if (entry.kind !== 'folder') return;
  signal?.throwIfAborted();
  if (depth > MAX_DEPTH) throw refused(path, `it is more than ${MAX_DEPTH} folders deep`);
  const entries = await fileSystem.readdir(path);
  if (entries.some(({ name }) => name === METADATA_FILE)) {
    yield await readMetadata(fileSystem, path);
    return;
  }
  for (const child of entries) {
    yield* walkEntry(context, { folder: path, entry: child, depth: depth + 1, signal });
  }
}

/** Adopted models have more to say than others; all that counts here is that it can be read. */
async function* walkExternal(context: StoreContext, folder: string, signal?: AbortSignal): AsyncGenerator<object> {
  const { fileSystem } = context;
  for (const { name, kind } of await fileSystem.readdir(folder)) {
    signal?.throwIfAborted();
    if (kind === 'symlink') await refuseFolderLink(context, join(folder, name));
    if (kind !== 'folder') continue;
    const path = join(folder, name, METADATA_FILE);
    const json = await readJson(fileSystem, { path, signal }).catch((error: unknown) => {
      if (isModelkeepError(error, 'io.corrupt-json')) throw corrupt(path, error.facts.reason);
      // Half made, or half removed: what is adopted where it is has no blob that could be lost.
      if (isModelkeepError(error, 'io.not-found')) return {};
      throw error;
    });
    if (typeof json !== 'object' || json === null) throw corrupt(path, 'it is no object');
    yield json;
  }
}

/** Models behind a link are on another drive, or somebody moved them there: neither is garbage. */
async function refuseFolderLink(context: StoreContext, path: string): Promise<void> {
  try {
    if ((await context.fileSystem.stat(path)).kind !== 'folder') return;
  } catch (error) {
    const leadsNowhere = isModelkeepError(error, 'io.not-found') || isModelkeepError(error, 'io.failed');
    if (!leadsNowhere) throw error;
  }
  throw refused(path, 'it is a link, and what is behind it may need any of the blobs');
}

function refused(path: string, reason: string): ModelkeepError {
  return new ModelkeepError('library.gc-refused', {
    message: `nothing is collected because of ${path}: ${reason}`,
    facts: { path, reason },
    hint: 'move the models into the library itself, or remove the link',
  });
}

function corrupt(path: string, reason: string): ModelkeepError {
  return new ModelkeepError('library.corrupt-metadata', {
    message: `${path} cannot be used: ${reason}`,
    facts: { path, reason },
    hint: 'mend or restore this file, or remove the folder it is in',
  });
}
