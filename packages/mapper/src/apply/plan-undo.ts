import type { PlannedFile } from '../config/planned-file.ts';
import type { MapperContext } from '../mapper-context.ts';
import type { LinkReason } from '../plan/link-reason.ts';
import { plannedActions, type PlannedAction } from '../plan/link-plan.ts';
import { mapWithLimit, SMALL_CALLS_AT_ONCE } from '../support/map-with-limit.ts';
import type { LinkNames } from './applied-plan.ts';
import { checkChange } from './check-change.ts';
import type { ChangeOutcome } from './link-outcome.ts';
import { createLinkPlaces, type LinkPlaces } from './link-places.ts';
import { checkRunId, doneBy, namesOf, undoSteps, type RunNames, type UndoStep } from './undo-steps.ts';

/** What would become of one link. */
export interface UndoPlanEntry extends LinkNames {
  readonly action: PlannedAction;
  readonly reason: LinkReason | null;
}

/** What `undo` would do: plain data. */
export interface UndoPlan extends RunNames {
  readonly entries: readonly UndoPlanEntry[];
  readonly counts: Readonly<Record<PlannedAction, number>>;
  /** What would become of the app's config files. */
  readonly files: readonly Pick<PlannedFile, 'action' | 'path' | 'reason'>[];
}

const actions = { removed: 'remove', created: 'create', replaced: 'replace' } as const;

/** @internal Compares what a run did with the disk. Changes nothing. */
export async function planUndoOfLinks(
  context: MapperContext,
  run: RunNames,
  signal: AbortSignal | undefined,
): Promise<Omit<UndoPlan, 'files'>> {
  checkRunId(run.id);
  const { id, app, appRoot } = run;
  const { steps } = await undoSteps(context, run, signal);
  const made = createLinkPlaces(context);
  const verify = (target: string): ReturnType<LinkPlaces['verify']> => made.verify(target);
  const places: LinkPlaces = { verify, prepare: ({ target }) => verify(target) };
  const entries = await mapWithLimit(steps, {
    limit: SMALL_CALLS_AT_ONCE,
    run: (step) => planned(context, { step, places }),
  });
  const counts = Object.fromEntries(plannedActions.map((action) => [action, 0])) as Record<PlannedAction, number>;
  for (const { action } of entries) counts[action] += 1;
  return { id, app, appRoot, entries, counts };
}

async function planned(
  { hands }: MapperContext,
  { step, places }: { readonly step: UndoStep; readonly places: LinkPlaces },
): Promise<UndoPlanEntry> {
  const names = namesOf(step);
  if ('outcome' in step) return { ...names, ...withoutChange(step.outcome) };
  const checked = await checkChange(step.change, { hands, places });
  if ('outcome' in checked) return { ...names, ...withoutChange(checked.outcome) };
  return { ...names, action: actions[doneBy(step.change)], reason: null };
}

function withoutChange(outcome: ChangeOutcome): Pick<UndoPlanEntry, 'action' | 'reason'> {
  if (outcome.kind === 'failed')
    return { action: 'conflict', reason: { code: 'folder-unusable', message: outcome.error.message } };
  const reason = outcome.kind === 'done' ? null : outcome.reason;
  return { action: outcome.kind === 'conflict' ? 'conflict' : 'keep', reason };
}
