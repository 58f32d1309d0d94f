import type { SerialisedError } from '@modelkeep/core';
import type { AppliedFile } from '../config/planned-file.ts';
import type { LinkReason } from '../plan/link-reason.ts';
import type { ChangeOutcome } from './link-outcome.ts';

/** What became of one line of a plan. */
export const appliedOutcomes = ['created', 'kept', 'replaced', 'removed', 'conflict', 'failed', 'skipped'] as const;
export type AppliedOutcome = (typeof appliedOutcomes)[number];

/** One link after a run. */
export interface AppliedLink {
  readonly outcome: AppliedOutcome;
  readonly modelId: string;
  readonly slug: string;
  readonly source: string | null;
  readonly target: string | null;
  readonly reason: LinkReason | null;
  /** For `failed`: what the system said. `errorFromJSON` of `@modelkeep/core` makes it an error again. */
  readonly error: SerialisedError | null;
}

/** What a run did: plain data. `undo` takes it back. */
export interface AppliedPlan {
  /** The run. */
  readonly id: string;
  readonly planId: string;
  readonly app: string;
  readonly appRoot: string;
  /** ISO 8601. */
  readonly appliedAt: string;
  /** In the order of the plan's entries. */
  readonly results: readonly AppliedLink[];
  readonly counts: Readonly<Record<AppliedOutcome, number>>;
  /** What became of the app's config files. */
  readonly files: readonly AppliedFile[];
}

/** What `undo` or `unlinkAll` did: plain data. */
export interface UnlinkedApp {
  readonly app: string;
  readonly appRoot: string;
  readonly results: readonly AppliedLink[];
  readonly counts: Readonly<Record<AppliedOutcome, number>>;
  /** What became of the app's config files. */
  readonly files: readonly AppliedFile[];
}

/** @internal */
export function countOutcomes(results: readonly AppliedLink[]): Record<AppliedOutcome, number> {
  const counts = Object.fromEntries(appliedOutcomes.map((outcome) => [outcome, 0])) as Record<AppliedOutcome, number>;
  for (const { outcome } of results) counts[outcome] += 1;
  return counts;
}

/** @internal Of which link an outcome speaks. */
export type LinkNames = Pick<AppliedLink, 'modelId' | 'slug' | 'source' | 'target'>;

/** @internal */
export interface OutcomeNames {
  readonly outcome: ChangeOutcome;
  /** What the change is called when it is done. */
  readonly done: AppliedOutcome;
}

/** @internal The outcome of a change in the words of a result. */
export function appliedLink(names: LinkNames, { outcome, done }: OutcomeNames): AppliedLink {
  const { modelId, slug, source, target } = names;
  const link = { modelId, slug, source, target, reason: null, error: null };
  if (outcome.kind === 'done') return { ...link, outcome: done };
  if (outcome.kind === 'failed') return { ...link, outcome: 'failed', error: outcome.error };
  return { ...link, outcome: outcome.kind, reason: outcome.reason };
}
