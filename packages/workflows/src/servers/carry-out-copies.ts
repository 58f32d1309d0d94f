import { serialiseError, type Clock, type Logger } from '@modelkeep/core';
import type { CopyPlan, PlannedCopy } from '@modelkeep/fleet';
import type { LibraryJobs } from '../jobs/library-jobs.ts';
import type { GovernedModel, KeepCopiesOptions } from './library-servers.ts';

/** What failed is left alone for a while, twice as long after each further time. */
const [PAUSE_MS, LONGEST_PAUSE_MS] = [60_000, 3_600_000];

/** @internal */
export interface CarryOutContext {
  readonly ownId: string;
  readonly jobs: Pick<LibraryJobs, 'submit'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** @internal */
export interface CarryOutOptions {
  readonly agree: KeepCopiesOptions['agree'];
  readonly signal: AbortSignal;
  /** Somebody has agreed to a copy, which the next plan may carry out. */
  readonly onAgreed: () => void;
}

interface Question {
  agreed: boolean;
  /** Aborts what asks a person for something that nobody needs any more. */
  readonly withdrawn: AbortController;
}

/** @internal Submits jobs for what this library is to get of a plan. Nothing waits for a person. */
export function createCarryingOut(
  { ownId, jobs, clock, logger }: CarryOutContext,
  { agree, signal, onAgreed }: CarryOutOptions,
): (plan: CopyPlan, governed: readonly GovernedModel[]) => Promise<void> {
  const questions = new Map<string, Question>();
  const pauses = new Map<string, { readonly untilMs: number; readonly pauseMs: number }>();
  const leaveAlone = (sha256: string): void => {
    const { pauseMs } = pauses.get(sha256) ?? { pauseMs: PAUSE_MS };
    pauses.set(sha256, { untilMs: clock.monotonicMs() + pauseMs, pauseMs: Math.min(2 * pauseMs, LONGEST_PAUSE_MS) });
  };
  const isLeftAlone = (sha256: string): boolean => (pauses.get(sha256)?.untilMs ?? 0) > clock.monotonicMs();
  const ask = async (copy: PlannedCopy, toAsk: NonNullable<typeof agree>): Promise<void> => {
    const { sha256 } = copy;
    const question: Question = { agreed: false, withdrawn: new AbortController() };
    questions.set(sha256, question);
    try {
      question.agreed = await toAsk(copy, AbortSignal.any([signal, question.withdrawn.signal]));
    } catch (error) {
      if (signal.aborted || questions.get(sha256) !== question) return;
      logger.warn('nobody could be asked for a copy', { sha256, error: serialiseError(error).message });
      questions.delete(sha256);
      leaveAlone(sha256);
    }
    if (question.agreed && questions.get(sha256) === question && !signal.aborted) onAgreed();
  };
  const isAgreed = (copy: PlannedCopy): boolean => {
    if (!copy.ask || agree === undefined) return !copy.ask;
    if (!questions.has(copy.sha256)) void ask(copy, agree);
    return questions.get(copy.sha256)?.agreed === true;
  };
  const begin = async ({ sha256, from, because }: PlannedCopy, reference: string | undefined): Promise<void> => {
    if (from.length === 0 && reference === undefined) return;
    const { id, added } =
      from.length > 0
        ? await jobs.submit('copy', { sha256 }, { signal })
        : await jobs.submit('download', { reference: reference ?? '', sha256 }, { signal });
    if (!added) return;
    leaveAlone(sha256);
    logger.info('a copy is fetched', { sha256, jobId: id, because });
  };
  /** What is not missing any more may be asked for anew one day, and tried at once. */
  const forget = (own: readonly PlannedCopy[]): void => {
    const wanted = new Set(own.map(({ sha256 }) => sha256));
    for (const sha256 of pauses.keys()) if (!wanted.has(sha256)) pauses.delete(sha256);
    for (const [sha256, { withdrawn }] of questions) {
      if (wanted.has(sha256)) continue;
      questions.delete(sha256);
      withdrawn.abort(new DOMException('nobody needs the copy any more', 'AbortError'));
    }
  };

  return async ({ copies }, governed) => {
    const own = copies.filter(({ to }) => to === ownId);
    const references = new Map(governed.map(({ sha256, reference }) => [sha256, reference]));
    forget(own);
    for (const copy of own) {
      if (isLeftAlone(copy.sha256) || !isAgreed(copy)) continue;
      await begin(copy, references.get(copy.sha256));
    }
  };
}
