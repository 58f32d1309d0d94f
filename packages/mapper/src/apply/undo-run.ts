import { isId, ModelkeepError, newId } from '@modelkeep/core';
import { sweepFolders } from '../app/sweep-folders.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import type { LinkChange } from '../registry/link-statements.ts';
import type { UndoEntry } from '../registry/undo-journal.ts';
import { appliedLink, countOutcomes, type AppliedLink, type AppliedPlan, type UnlinkedApp } from './applied-plan.ts';
import { conflict, type ChangeOutcome } from './link-outcome.ts';
import type { MapperContext } from '../mapper-context.ts';
import { recoverLinks } from './recover-links.ts';
import { runChanges } from './run-changes.ts';
import { sharedLinks } from './shared-links.ts';

/** @internal Takes a run back, by what was recorded when it ran: nothing of the given data but its id is used to touch a link. */
export async function undoRun(
  context: MapperContext,
  {
    applied,
    signal,
  }: { readonly applied: Pick<AppliedPlan, 'id' | 'app' | 'appRoot'>; readonly signal: AbortSignal | undefined },
): Promise<UnlinkedApp> {
  signal?.throwIfAborted();
  const { id, app, appRoot } = applied;
  if (!isId(id)) {
    throw new ModelkeepError('core.invalid-argument', {
      message: 'what is to be undone has no id of a run',
      facts: { argument: 'applied', found: id },
      hint: 'pass what apply() answered',
    });
  }
  const place = { app, appRoot };
  await recoverLinks(context, { ...place, signal });
  const entries = await context.journal.entries(id, signal);
  const links = new Map((await context.links.list(place, signal)).map((link) => [link.target, link]));

  const reversed = entries.map((entry) => reverse(entry, { runId: id, now: links.get(entry.target) ?? null }));
  const going = reversed.flatMap((step) =>
    'change' in step && step.change.after === null ? [step.change.before] : [],
  );
  const shared = await sharedLinks(context, { ...place, links: going.filter((link) => link !== null), signal });
  const handed = new Map(shared.map(({ target, after }) => [target, after]));
  const steps = reversed.map((step) => neededByOthers(step, handed.get(step.entry.target) ?? null));
  const changes = steps.flatMap((step) => ('change' in step ? [step.change] : []));
  const outcomes = await runChanges(context, {
    changes: [...changes, ...shared],
    runId: newId(),
    undoable: false,
    signal,
  });
  await context.journal.handOver(shared.flatMap(({ after }) => after ?? []));
  await context.journal.forgetRun(id);
  await sweepFolders({ ...context, ...place });

  const outcomeOf = new Map(changes.map((change, index) => [change, outcomes[index] as ChangeOutcome]));
  const results = steps.map((step) => undone(step, outcomeOf));
  return { ...place, results, counts: countOutcomes(results), files: [] };
}

/** An entry of the journal, with the change that takes it back or why there is none. */
type Step =
  | { readonly entry: UndoEntry; readonly change: LinkChange }
  | { readonly entry: UndoEntry; readonly now: RegisteredLink | null; readonly outcome: ChangeOutcome };

function reverse(
  entry: UndoEntry,
  { runId, now }: { readonly runId: string; readonly now: RegisteredLink | null },
): Step {
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
function neededByOthers(step: Step, handed: RegisteredLink | null): Step {
  if (handed === null) return step;
  const { entry } = step;
  const message = `${entry.target} is needed by ${handed.slug} now`;
  return { entry, now: handed, outcome: { kind: 'kept', reason: { code: 'registered-elsewhere', message } } };
}

function undone(step: Step, outcomeOf: ReadonlyMap<LinkChange, ChangeOutcome>): AppliedLink {
  if ('outcome' in step) return appliedLink(namesOf(step.entry, step.now), { outcome: step.outcome, done: 'kept' });
  const { change, entry } = step;
  const done = change.after === null ? 'removed' : change.before === null ? 'created' : 'replaced';
  return appliedLink(namesOf(entry, change.before), { outcome: outcomeOf.get(change) as ChangeOutcome, done });
}

function namesOf({ target, before, afterSource }: UndoEntry, now: RegisteredLink | null) {
  const link = before ?? now;
  return { modelId: link?.modelId ?? '', slug: link?.slug ?? '', source: before?.source ?? afterSource, target };
}
