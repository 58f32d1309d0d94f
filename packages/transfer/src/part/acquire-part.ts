import type { FetchContext } from '../fetch-context.ts';
import { claimJournal, restoreJournal } from '../journal/claim-journal.ts';
import { createJournal, type OwnJournal } from '../journal/own-journal.ts';
import { readJournal, type FoundJournal } from '../journal/read-journal.ts';
import { statusOf } from '../status-of.ts';
import { copyUsable } from './copy-usable.ts';
import { randomName } from './random-name.ts';
import { removeName } from './remove-name.ts';
import { usablePart, type UsablePart } from './usable-part.ts';

/** @internal A part that nobody else writes. */
export interface AcquiredPart {
  readonly path: string;
  /** Undefined: nothing of it is resumed by a later call. */
  readonly journal: OwnJournal | undefined;
  /** What is there already; undefined: the file is still to be made. */
  readonly usable: UsablePart | undefined;
}

const MAX_ROUNDS = 8;
/** A part whose journal is gone may be about to get another one: that takes a few milliseconds. */
const PATIENT_ROUNDS = 3;
const PATIENCE_MS = 50;

/**
 * @internal Finds or makes the part of this call. Its rule: a part is written by exactly one process instance, because one
 * that stalled keeps its descriptor and may write at any time.
 *
 * - Nobody began, or the part was closed, or its process is provably dead: it is ours, together with its journal.
 * - Nothing can be said about its process: the durable bytes are copied to a new file, which takes the part's name.
 * - Its process runs: a file beside, begun with a copy of the durable bytes, without a journal.
 *
 * Whoever takes a name away from a process that still runs does it no harm: it finds another inode under the name when it
 * has finished, and writes a file beside.
 */
export async function acquirePart(context: FetchContext): Promise<AcquiredPart> {
  const { part, journal, io } = context.options;
  const { fileSystem } = io;
  if (context.isDisplaced) return privatePart(context, await readJournal(fileSystem, journal));
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const found = await readJournal(fileSystem, journal);
    if (found?.owner === 'alive' || found?.owner === 'self') return privatePart(context, found);
    if (found === undefined && round <= PATIENT_ROUNDS && (await statusOf(fileSystem, part)) !== undefined) {
      if (round < PATIENT_ROUNDS) await context.clock.sleep(PATIENCE_MS, context.options.signal);
      if (round < PATIENT_ROUNDS || (await restoreJournal(fileSystem, journal))) continue;
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
  const usable = await usablePart(io.fileSystem, part, { content: found?.content, known: context.known });
  const path = besidePart(part);
  return { path, journal: undefined, usable: await copyUsable(context, { usable, path }) };
}

async function freshPart({ options, known }: FetchContext): Promise<AcquiredPart | undefined> {
  const { part, journal: path, io } = options;
  const journal = await createJournal(io.fileSystem, { path, expected: known, durable: null });
  if (journal === undefined) return undefined;
  try {
    await removeName(io.fileSystem, part);
  } catch (error) {
    // Why the part cannot be made is what counts.
    await journal.remove().catch(() => {});
    throw error;
  }
  return { path: part, journal, usable: undefined };
}

/** Takes over what is free. Undefined when another process was faster. */
async function takePart(context: FetchContext, found: FoundJournal): Promise<AcquiredPart | undefined> {
  const { options, known } = context;
  const { part, journal: path, io } = options;
  const { fileSystem } = io;
  const there = await usablePart(fileSystem, part, { content: found.content, known });
  const adopt = there?.writable === true && found.owner !== 'unknown';
  const copyPath = besidePart(part);
  const usable = adopt ? there : await copyUsable(context, { usable: there, path: copyPath });
  const copied = !adopt && usable !== undefined;
  const taken = await claimJournal(fileSystem, path, found);
  const journal =
    taken === undefined
      ? undefined
      : await createJournal(fileSystem, { path, expected: known, durable: usable ?? null });
  if (taken === undefined || journal === undefined) {
    if (taken !== undefined) await removeName(fileSystem, taken);
    if (copied) await removeName(fileSystem, copyPath);
    return undefined;
  }
  try {
    if (copied) await fileSystem.rename(copyPath, part);
    else if (usable === undefined) await removeName(fileSystem, part);
    await removeName(fileSystem, taken);
  } catch (error) {
    // Why the part cannot be taken is what counts.
    await journal.close().catch(() => {});
    throw error;
  }
  return { path: part, journal, usable };
}
