import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import type { FetchContext } from '../fetch-context.ts';
import { claimJournal } from '../journal/claim-journal.ts';
import { createJournal, type OwnJournal } from '../journal/own-journal.ts';
import { readJournal, type FoundJournal } from '../journal/read-journal.ts';
import { statusOf } from '../status-of.ts';
import { copyUsable } from './copy-usable.ts';
import { randomName } from './random-name.ts';
import { usablePrefix, type UsablePrefix } from './usable-prefix.ts';

/** @internal A part that nobody else writes. */
export interface AcquiredPart {
  readonly path: string;
  /** Undefined: nothing of it is resumed by a later call. */
  readonly journal: OwnJournal | undefined;
  /** What is there already; undefined: the file is still to be made. */
  readonly prefix: UsablePrefix | undefined;
}

/** A file up to this size is fetched anew after a break: a journal would cost more than it saves. */
const SMALL_BYTES = 1024 * 1024;
const MAX_ROUNDS = 8;
/** A part whose journal is gone may be about to get another one: that takes a few milliseconds. */
const PATIENT_ROUNDS = 3;
const PATIENCE_MS = 50;

/**
 * @internal Finds or makes the part of this call. Its rule: a part is written by exactly one process instance, because one
 * that stalled keeps its descriptor and may write at any time.
 *
 * - Nobody began, or the part was closed, or its process is provably dead: it is ours, together with its journal.
 * - Nothing can be said about its process: the durable prefix is copied to a new file, which takes the part's name.
 * - Its process runs: a file beside, begun with a copy of the durable prefix, without a journal.
 *
 * Whoever takes a name away from a process that still runs does it no harm: it finds another inode under the name when it
 * has finished, and writes a file beside.
 */
export async function acquirePart(context: FetchContext): Promise<AcquiredPart> {
  const { part, journal, io } = context.options;
  const { fileSystem } = io;
  const { sizeBytes } = context.known;
  if (context.isDisplaced) return privatePart(context, await readJournal(fileSystem, journal));
  if (sizeBytes !== null && sizeBytes <= SMALL_BYTES) {
    await removeName(fileSystem, part);
    return { path: part, journal: undefined, prefix: undefined };
  }
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const found = await readJournal(fileSystem, journal);
    if (found?.owner === 'alive' || found?.owner === 'self') return privatePart(context, found);
    if (found === undefined && round < PATIENT_ROUNDS && (await statusOf(fileSystem, part)) !== undefined) {
      await context.clock.sleep(PATIENCE_MS, context.options.signal);
      continue;
    }
    const acquired = found === undefined ? await freshPart(context) : await takePart(context, found);
    if (acquired !== undefined) return acquired;
  }
  return privatePart(context, undefined);
}

/** @internal A name that nobody knows: whatever has the part's name stays as it is. */
export function besidePart(part: string): string {
  return `${part}.${randomName()}`;
}

async function privatePart(context: FetchContext, found: FoundJournal | undefined): Promise<AcquiredPart> {
  const { part, io } = context.options;
  const prefix = await usablePrefix(io.fileSystem, part, { content: found?.content, known: context.known });
  const path = besidePart(part);
  return { path, journal: undefined, prefix: await copyUsable(context, { prefix, path }) };
}

async function freshPart({ options, known }: FetchContext): Promise<AcquiredPart | undefined> {
  const { part, journal: path, io } = options;
  const journal = await createJournal(io.fileSystem, { path, expected: known, durable: null });
  if (journal === undefined) return undefined;
  await removeName(io.fileSystem, part);
  return { path: part, journal, prefix: undefined };
}

/** Takes over what is free. Undefined when another process was faster. */
async function takePart(context: FetchContext, found: FoundJournal): Promise<AcquiredPart | undefined> {
  const { options, known } = context;
  const { part, journal: path, io } = options;
  const { fileSystem } = io;
  const there = await usablePrefix(fileSystem, part, { content: found.content, known });
  const adopt = there?.writable === true && found.owner !== 'unknown';
  const copyPath = besidePart(part);
  const prefix = adopt ? there : await copyUsable(context, { prefix: there, path: copyPath });
  const copied = !adopt && prefix !== undefined;
  let journal: OwnJournal | undefined;
  if (await claimJournal(fileSystem, path, found)) {
    journal = await createJournal(fileSystem, { path, expected: known, durable: prefix ?? null });
  }
  if (journal === undefined) {
    if (copied) await removeName(fileSystem, copyPath);
    return undefined;
  }
  if (copied) await fileSystem.rename(copyPath, part);
  else if (prefix === undefined) await removeName(fileSystem, part);
  return { path: part, journal, prefix };
}

async function removeName(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await fileSystem.unlink(path);
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
}
