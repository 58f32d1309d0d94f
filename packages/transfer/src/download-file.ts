import { createHash } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import { discardPart } from './discard-part.ts';
import type { FetchOptions, VerifiedPart } from './fetch-options.ts';
import { fetchToPart } from './fetch-to-part.ts';
import { readJournal } from './journal/read-journal.ts';
import { randomName } from './part/random-name.ts';
import type { PartPlace } from './read-part.ts';
import { statusOf } from './status-of.ts';

/** What {@link downloadFile} downloads, and where to. */
export interface DownloadFileOptions extends FetchOptions {
  /** The new file. Nothing may be there, and its folder exists. */
  readonly path: string;
}

/** A file that was downloaded. */
export interface DownloadedFile extends Omit<VerifiedPart, 'part' | 'device' | 'inode'> {
  readonly path: string;
}

/**
 * Downloads a file to a path where nothing is. It appears there whole, verified and durable, or not at all; meanwhile it
 * is a hidden file in the same folder, which a later call resumes. Without anything expected the result says `none`.
 *
 * @throws `io.exists`, and what {@link fetchToPart} throws
 * @example
 * ```ts
 * import { createIo } from '@modelkeep/io';
 * import { createHttpClient } from '@modelkeep/network';
 * import { downloadFile } from '@modelkeep/transfer';
 *
 * const io = createIo();
 * const http = createHttpClient();
 * const { verified } = await downloadFile({ http, io, url: 'https://example.org/vae.safetensors', path: '/data/vae.safetensors' });
 * ```
 */
export async function downloadFile(options: DownloadFileOptions): Promise<DownloadedFile> {
  const path = resolve(options.path);
  const { fileSystem } = options.io;
  const place = placeOf(path);
  await requireFree(fileSystem, place, path);
  const fetched = await fetchToPart({ ...options, ...place, file: basename(path) });
  try {
    await publish(fileSystem, fetched, path);
  } catch (error) {
    // Nobody needs a part of what is there.
    if (isModelkeepError(error, 'io.exists')) await discardPart(fileSystem, place);
    throw error;
  }
  await discardPart(fileSystem, place);
  const { part: _part, device: _device, inode: _inode, ...content } = fetched;
  return { path, ...content };
}

/** Hidden, and short: a name that is as long as it may be leaves no room for an ending. */
function placeOf(path: string): PartPlace {
  const stem = `.${createHash('sha256').update(basename(path)).digest('hex').slice(0, 24)}`;
  return { part: join(dirname(path), `${stem}.part`), journal: join(dirname(path), `${stem}.journal`) };
}

/** What a killed call has left behind its last step is removed; one that runs tidies up by itself. */
async function requireFree(fileSystem: FileSystem, place: PartPlace, path: string): Promise<void> {
  const there = await statusOf(fileSystem, path);
  if (there === undefined) return;
  const owner = (await readJournal(fileSystem, place.journal))?.owner;
  const isPublished = owner === 'closed' && (await statusOf(fileSystem, place.part)) === undefined;
  if (isPublished && there.kind === 'file' && there.sizeBytes === 0) {
    // It held the name on a drive without links.
    await fileSystem.unlink(path);
    return;
  }
  // What counts is that it is there.
  if (owner !== 'alive' && owner !== 'self') await discardPart(fileSystem, place).catch(() => {});
  throw exists(path);
}

/** Under a name that nobody else knows the part cannot become another file between the check and the link. */
async function publish(fileSystem: FileSystem, fetched: VerifiedPart, path: string): Promise<void> {
  try {
    await giveOwnName(fileSystem, fetched, path);
  } catch (error) {
    // Whoever was faster has tidied up, at whatever step this call was.
    if (isModelkeepError(error, 'io.not-found') && (await statusOf(fileSystem, path)) !== undefined) throw exists(path);
    throw error;
  }
  await fileSystem.fsyncFolder(dirname(path));
}

async function giveOwnName(fileSystem: FileSystem, { part, inode }: VerifiedPart, path: string): Promise<void> {
  const own = `${part}.${randomName()}`;
  await addName(fileSystem, part, own);
  if ((await fileSystem.lstat(own)).inode !== inode) {
    if ((await statusOf(fileSystem, part)) === undefined) await fileSystem.rename(own, part);
    else await fileSystem.unlink(own);
    throw new ModelkeepError('io.failed', {
      message: `${part} is another file than the one that was fetched`,
      facts: { path: part, systemCode: 'ESTALE', operation: 'publish' },
      hint: 'another process downloads to the same path: run it again',
    });
  }
  await giveName(fileSystem, own, path);
}

/** A kill behind it leaves the part where the next call looks for it, unless the drive has no links. */
async function addName(fileSystem: FileSystem, part: string, own: string): Promise<void> {
  try {
    await fileSystem.link(part, own);
  } catch (error) {
    if (!hasNoLinks(error)) throw error;
    await fileSystem.rename(part, own);
  }
}

function hasNoLinks(error: unknown): boolean {
  return isModelkeepError(error, 'io.failed') || isModelkeepError(error, 'io.permission');
}

/** A link takes no name from anything. Where the drive has none, an empty file holds the name for the rename. */
async function giveName(fileSystem: FileSystem, own: string, path: string): Promise<void> {
  try {
    await fileSystem.link(own, path);
    await fileSystem.unlink(own);
  } catch (error) {
    if (isModelkeepError(error, 'io.exists')) {
      await fileSystem.unlink(own);
      throw exists(path);
    }
    if (!hasNoLinks(error)) throw error;
    await fileSystem.writeFile(path, { data: '' });
    await fileSystem.rename(own, path);
  }
}

function exists(path: string): ModelkeepError {
  return new ModelkeepError('io.exists', {
    message: `${path} is there already`,
    facts: { path },
    hint: 'remove or rename it, or download to another path',
  });
}
