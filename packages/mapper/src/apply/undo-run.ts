import { newId } from '@modelkeep/core';
import { sweepFolders } from '../app/sweep-folders.ts';
import type { MapperContext } from '../mapper-context.ts';
import type { LinkChange } from '../registry/link-statements.ts';
import { appliedLink, countOutcomes, type AppliedLink, type UnlinkedApp } from './applied-plan.ts';
import type { ChangeOutcome } from './link-outcome.ts';
import { recoverLinks } from './recover-links.ts';
import { runChanges } from './run-changes.ts';
import { checkRunId, doneBy, namesOf, undoSteps, type RunNames, type UndoStep } from './undo-steps.ts';

/** @internal Takes a run back. What the system refused stays in the journal: it can be tried again. */
export async function undoRun(
  context: MapperContext,
  { applied, signal }: { readonly applied: RunNames; readonly signal: AbortSignal | undefined },
): Promise<UnlinkedApp> {
  signal?.throwIfAborted();
  const { id, app, appRoot } = applied;
  checkRunId(id);
  const place = { app, appRoot };
  await recoverLinks(context, { ...place, signal });
  const { steps, shared } = await undoSteps(context, applied, signal);
  const changes = steps.flatMap((step) => ('change' in step ? [step.change] : []));
  const outcomes = await runChanges(context, {
    changes: [...changes, ...shared],
    runId: newId(),
    undoable: false,
    signal,
  });
  await context.journal.handOver(shared.flatMap(({ after }) => after ?? []));
  if (outcomes.every(({ kind }) => kind !== 'failed')) await context.journal.forgetRun(id);
  await sweepFolders({ ...context, ...place });

  const outcomeOf = new Map(changes.map((change, index) => [change, outcomes[index] as ChangeOutcome]));
  const results = steps.map((step) => undone(step, outcomeOf));
  return { ...place, results, counts: countOutcomes(results), files: [] };
}

function undone(step: UndoStep, outcomeOf: ReadonlyMap<LinkChange, ChangeOutcome>): AppliedLink {
  if ('outcome' in step) return appliedLink(namesOf(step), { outcome: step.outcome, done: 'kept' });
  const outcome = outcomeOf.get(step.change) as ChangeOutcome;
  return appliedLink(namesOf(step), { outcome, done: doneBy(step.change) });
}
