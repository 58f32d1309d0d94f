import { join } from 'node:path';
import { isModelkeepError, isSha256, ModelkeepError } from '@modelkeep/core';
import { METADATA_FILE } from '../metadata/metadata-file.ts';
import { readJson } from '@modelkeep/io';
import type { StoreContext } from '../store-context.ts';
import { listTransactions, readTransaction } from '../transaction/transaction-record.ts';
import { readVolumeFile } from '../volume/open-volume.ts';
import { walkMetadata } from './walk-metadata.ts';

const WALKS = 5;

/**
 * @internal G1: the contents that somebody needs. Pins are read first: a transaction removes its pins only after its
 * metadata is in place, so what is not pinned any more is found in the metadata that is read after them.
 *
 * Of a metadata.json every text that looks like a digest counts, not only those of its files: versions that it keeps, and
 * fields of later formats, need their bytes as well.
 *
 * @throws `library.corrupt-metadata`, `library.gc-refused`, `library.volume-absent`, `io.*`
 */
export async function readMarks(context: StoreContext, signal?: AbortSignal): Promise<ReadonlySet<string>> {
  await requireVolume(context);
  for (let walk = 1; ; walk += 1) {
    const marks = new Set<string>();
    try {
      await markPins(context, marks);
      await markTransactions(context, marks);
      for await (const metadata of walkMetadata(context, signal)) collectDigests(needing(metadata), marks);
      return marks;
    } catch (error) {
      // A folder was moved or removed under the walk: where it went may have been passed already.
      if (!isModelkeepError(error, 'io.not-found')) throw error;
      if (walk === WALKS) throw restless(error.facts.path, error);
    }
  }
}

/** An unplugged drive leaves an empty folder behind, in which nothing needs anything. */
async function requireVolume({ fileSystem, layout, volume }: StoreContext): Promise<void> {
  const present = await readVolumeFile(fileSystem, layout);
  if (present?.volumeId === volume.volumeId) return;
  throw new ModelkeepError('library.volume-absent', {
    message: `the library that was opened at ${layout.root} is not there any more`,
    facts: { root: layout.root },
    hint: 'connect its drive again',
  });
}

async function markPins({ fileSystem, layout }: StoreContext, marks: Set<string>): Promise<void> {
  for (const { name } of await fileSystem.readdir(layout.pins)) {
    const sha256 = name.slice(0, name.indexOf('.'));
    if (isSha256(sha256)) marks.add(sha256);
  }
}

/** What transactions mean to store, and what they have staged: after a power loss their pins may be gone. */
async function markTransactions(context: StoreContext, marks: Set<string>): Promise<void> {
  const { fileSystem, layout } = context;
  for (const id of await listTransactions(context)) {
    const record = await readTransaction(context, id);
    for (const { sha256 } of record?.files ?? []) if (sha256 !== null) marks.add(sha256);
    const folder = join(layout.temp, id);
    for (const { name, kind } of await fileSystem.readdir(folder).catch(() => [])) {
      if (kind !== 'folder') continue;
      const path = join(folder, name, METADATA_FILE);
      const staged = await readJson(fileSystem, { path }).catch((error: unknown) => {
        // It is being written, or its transaction has just ended: then it is pinned, or found at its place.
        if (isModelkeepError(error, 'io.not-found') || isModelkeepError(error, 'io.corrupt-json')) return null;
        throw error;
      });
      collectDigests(staged, marks);
    }
  }
}

/** What an evicted model says of its files needs no bytes: they were given up. */
function needing(metadata: object): object {
  if (!('evictedAt' in metadata) || metadata.evictedAt === undefined) return metadata;
  return { ...metadata, files: [] };
}

function collectDigests(value: unknown, marks: Set<string>): void {
  if (typeof value === 'string') {
    if (isSha256(value)) marks.add(value);
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) collectDigests(part, marks);
  }
}

function restless(path: string, cause: unknown): ModelkeepError {
  const reason = 'folders are moved or removed all the time';
  return new ModelkeepError('library.gc-refused', {
    message: `nothing is collected because of ${path}: ${reason}`,
    facts: { path, reason },
    hint: 'run it again when nobody moves the folders of models',
    cause,
  });
}
