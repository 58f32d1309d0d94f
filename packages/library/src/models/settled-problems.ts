import { isModelkeepError } from '@modelkeep/core';
import { withLock, type StoreContext } from '../store-context.ts';
import { lockOf } from './change-model.ts';
import type { VerifyProblem } from './verify-report.ts';
import { readModel, type FoundModel } from './walk-models.ts';

const LOOKS = 3;
/** What a change under way may look like: names come and go, bytes do not become others. */
const passing: readonly VerifyProblem['problem'][] = ['missing', 'blob-missing', 'unreadable'];

/** @internal How {@link settledProblems} looks. */
export interface SettledOptions {
  readonly look: (model: FoundModel) => Promise<VerifyProblem[]>;
  /** Forgets what was found out about a content. */
  readonly forget: (sha256: string) => void;
}

/**
 * @internal The problems of a model that are no mere sight of a change: another process may have evicted, deleted or brought
 * back its files while they were looked at. Who misses something waits for whoever changes the model, and looks again.
 */
export async function settledProblems(
  context: StoreContext,
  model: FoundModel,
  { look, forget }: SettledOptions,
): Promise<VerifyProblem[]> {
  let present = model;
  let before: number | null = null;
  for (let looks = 1; ; looks += 1) {
    const found = await look(present);
    const isSettled = before === present.metadata.revision || !found.some(({ problem }) => passing.includes(problem));
    if (isSettled || looks === LOOKS) return found;
    await waitForOthers(context, present);
    const now = await readAgain(context, present);
    if (now === null) return [];
    for (const { sha256 } of found) if (sha256 !== null) forget(sha256);
    before = present.metadata.revision;
    present = now;
  }
}

/** Where no lock can be taken, nobody is at work. */
async function waitForOthers(context: StoreContext, { metadata }: FoundModel): Promise<void> {
  try {
    await withLock(context, lockOf(metadata), () => Promise.resolve());
  } catch (error) {
    if (!isModelkeepError(error)) throw error;
  }
}

/** Null for a model that is not there any more. */
async function readAgain(
  { fileSystem, layout }: StoreContext,
  { slug, metadata }: FoundModel,
): Promise<FoundModel | null> {
  try {
    const now = await readModel(fileSystem, layout, slug);
    return now.metadata.id === metadata.id ? now : null;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return null;
    throw error;
  }
}
