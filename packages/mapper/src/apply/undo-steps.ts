import { isId, ModelkeepError } from '@modelkeep/core';
import type { MapperContext } from '../mapper-context.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import type { LinkChange } from '../registry/link-statements.ts';
import type { UndoEntry } from '../registry/undo-journal.ts';
import type { AppliedPlan, LinkNames } from './applied-plan.ts';
import { conflict, type ChangeOutcome } from './link-outcome.ts';
import { sharedLinks } from './shared-links.ts';

/** A run of `apply`: what `undo` takes. */
export type RunNames = Pick<AppliedPlan, 'id' | 'app' | 'appRoot'>;

/** @internal An entry of the journal, with the change that takes it back or why there is none. */
export type UndoStep =
  | { readonly entry: UndoEntry; readonly change: LinkChange }
  | { readonly entry: UndoEntry; readonly now: RegisteredLink | null; readonly outcome: ChangeOutcome };

/** @internal */
export interface UndoSteps {
  readonly steps: readonly UndoStep[];
  /** Bytes that models of other runs need, with the rows that they pass to. */
  readonly shared: readonly LinkChange[];
}

/** @internal How a run is taken back, by what was recorded when it ran: of what is given only the names are used. */
export async function undoSteps(
  context: MapperContext,
  { id, app, appRoot }: RunNames,
  signal: AbortSignal | undefined,
): Promise<UndoSteps> {
  const place = { app, appRoot };
  const entries = await context.journal.entries(id, signal);
  const links = new Map((await context.links.list(place, signal)).map((link) => [link.target, link]));
  const reversed = entries.map((entry) => reverse(entry, { runId: id, now: links.get(entry.target) ?? null }));
  const going = reversed.flatMap((step) =>
    'change' in step && step.change.after === null ? [step.change.before] : [],
  );
  const shared = await sharedLinks(context, { ...place, links: going.filter((link) => link !== null), signal });
  const handed = new Map(shared.map(({ target, after }) => [target, after]));
  return { steps: reversed.map((step) => neededByOthers(step, handed.get(step.entry.target) ?? null)), shared };
}

/** @internal @throws `core.invalid-argument` */
export function checkRunId(id: string): void {
  if (isId(id)) return;
  throw new ModelkeepError('core.invalid-argument', {
    message: 'what is to be undone has no id of a run',
    facts: { argument: 'applied', found: id },
    hint: 'pass what apply() answered',
  });
}

/** @internal What a step is called when it is done. */
export function doneBy({ before, after }: LinkChange): 'removed' | 'created' | 'replaced' {
  if (after === null) return 'removed';
  return before === null ? 'created' : 'replaced';
}

/** @internal The link that a step speaks of. */
export function namesOf(step: UndoStep): LinkNames {
  const { target, before, afterSource } = step.entry;
  const link = before ?? ('change' in step ? step.change.before : step.now);
  return { modelId: link?.modelId ?? '', slug: link?.slug ?? '', source: before?.source ?? afterSource, target };
}

function reverse(
  entry: UndoEntry,
  { runId, now }: { readonly runId: string; readonly now: RegisteredLink | null },
): UndoStep {
  const { target, before, afterSource } = entry;
  if ((now?.source ?? null) === (before?.source ?? null) && now?.runId !== runId)
    return { entry, now, outcome: { kind: 'kept', reason: null } };
  /* A repair may have made it lead to where its file is now: it is the run's all the same. */
  const asLeft = afterSource === null ? now === null : now?.runId === runId;
  if (!asLeft)
    return { entry, now, outcome: conflict('changed-since', `the link ${target} was changed by a later run`) };
  return { entry, change: { target, before: now, after: before } };
}

/** Bytes that a model of a later run needs stay, and count to that. */
function neededByOthers(step: UndoStep, handed: RegisteredLink | null): UndoStep {
  if (handed === null) return step;
  const { entry } = step;
  const message = `${entry.target} is needed by ${handed.slug} now`;
  return { entry, now: handed, outcome: { kind: 'kept', reason: { code: 'registered-elsewhere', message } } };
}
