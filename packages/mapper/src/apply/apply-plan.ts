import { ModelkeepError, newId } from '@modelkeep/core';
import { resolveAppRoot } from '../app/app-root.ts';
import { sweepFolders } from '../app/sweep-folders.ts';
import { parsePlan } from '../plan/parse-plan.ts';
import { appliedLink, countOutcomes, type AppliedLink, type AppliedOutcome, type AppliedPlan } from './applied-plan.ts';
import type { ChangeOutcome } from './link-outcome.ts';
import type { MapperContext } from '../mapper-context.ts';
import { prepareSteps, type Step } from './prepare-steps.ts';
import { recoverLinks } from './recover-links.ts';
import { runChanges } from './run-changes.ts';

/** How a plan is applied. */
export interface ApplyOptions {
  /**
   * The folder that was granted. A plan that left this process may name another one: then it is refused.
   * @default the plan's own
   */
  readonly appRoot?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @internal Each line is compared with the disk again; one that no longer fits is a conflict in the result. */
export async function applyPlan(
  context: MapperContext,
  plan: unknown,
  options: ApplyOptions = {},
): Promise<AppliedPlan> {
  const { signal } = options;
  signal?.throwIfAborted();
  const { id: planId, app, entries, appRoot: planned } = await parsePlan(context, plan, signal);
  const appRoot = await confirmAppRoot(context, { planned, granted: options.appRoot });
  const place = { app, appRoot };
  const runId = newId();
  await recoverLinks(context, { ...place, signal });

  const steps = await prepareSteps(context, { ...place, entries, planId, runId, signal });
  const changing = steps.filter((step) => 'change' in step);
  const changes = changing.map(({ change }) => change);
  const outcomes = await runChanges(context, {
    changes,
    runId,
    undoable: true,
    signal,
  });
  if (outcomes.some(({ kind }) => kind === 'done')) await context.journal.prune(place);
  await sweepFolders({ ...context, ...place });

  const outcomeOf = new Map<Step, ChangeOutcome>();
  for (const [index, step] of changing.entries()) outcomeOf.set(step, outcomes[index] as ChangeOutcome);
  const results = steps.map((step) => resultOf(step, 'outcome' in step ? step.outcome : outcomeOf.get(step)));
  const appliedAt = new Date(context.clock.now()).toISOString();
  return { id: runId, planId, ...place, appliedAt, results, counts: countOutcomes(results), files: [] };
}

async function confirmAppRoot(
  context: MapperContext,
  roots: { planned: string; granted: string | undefined },
): Promise<string> {
  const { planned, granted } = roots;
  const appRoot = await resolveAppRoot(context.fileSystem, planned);
  const expected = granted === undefined ? appRoot : await resolveAppRoot(context.fileSystem, granted);
  if (appRoot === planned && appRoot === expected) return appRoot;
  const reason = appRoot === planned ? `the folder that was granted is ${expected}` : `it leads to ${appRoot} now`;
  throw new ModelkeepError('mapper.stale-plan', {
    message: `the plan is for ${planned}: ${reason}`,
    facts: { path: planned, reason },
    hint: 'make a new plan for this folder',
  });
}

const doneAs: Readonly<Record<string, AppliedOutcome>> = { create: 'created', replace: 'replaced', remove: 'removed' };

function resultOf({ entry }: Step, outcome: ChangeOutcome | undefined): AppliedLink {
  const { modelId, slug, source, target, action, reason } = entry;
  if (action === 'skipped' || outcome === undefined)
    return { outcome: 'skipped', modelId, slug, source, target, reason, error: null };
  return appliedLink(entry, { outcome, done: doneAs[action] ?? 'kept' });
}
