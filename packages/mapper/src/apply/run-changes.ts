import { dirname } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import { strategyOf } from '../links/link-kind.ts';
import { markText } from '../links/link-mark.ts';
import type { MadeLink } from '../links/link-hands.ts';
import type { SettledChange } from '../registry/link-registry.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import type { FittingChange, LinkChange } from '../registry/link-statements.ts';
import { stagesOf } from './change-stage.ts';
import { checkChange, type CheckedChange } from './check-change.ts';
import { freeTargets } from './free-targets.ts';
import { conflict, type ChangeOutcome } from './link-outcome.ts';
import { createLinkPlaces } from './link-places.ts';
import { mapWithLimit, SMALL_CALLS_AT_ONCE } from '../support/map-with-limit.ts';
import type { MapperContext } from '../mapper-context.ts';
import { performChange } from './perform-change.ts';

/** Changes that are recorded in one transaction: two commits and one fsync of each folder serve all of them. */
const BATCH = 256;

/** @internal */
export interface RunChangesOptions {
  readonly changes: readonly LinkChange[];
  readonly runId: string;
  readonly undoable: boolean;
  /** Whether what is found not to be as it was recorded no longer counts as ours. @default false */
  readonly forgetsForeign?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @internal Step 9 of the commit protocol: the row `pending` (or `removing`), the link, fsync of its folder, the row `done`.
 * Stage by stage: a process that ends in between leaves changes of one stage only. What was done when the signal aborts
 * stays done and recorded.
 *
 * @returns in the order of the changes
 */
export async function runChanges(
  context: MapperContext,
  options: RunChangesOptions,
): Promise<readonly ChangeOutcome[]> {
  const outcomes = new Map<LinkChange, ChangeOutcome>();
  const stages = Map.groupBy(options.changes, stagesOf(context.profiles));
  for (const [, changes] of [...stages].toSorted(([left], [right]) => left - right)) {
    for (let start = 0; start < changes.length; start += BATCH) {
      options.signal?.throwIfAborted();
      const batch = changes.slice(start, start + BATCH);
      const ended = await context.exclusively(() => runBatch(context, { ...options, changes: batch }));
      for (const [index, change] of batch.entries()) outcomes.set(change, ended[index] as ChangeOutcome);
    }
  }
  return options.changes.map((change) => outcomes.get(change) as ChangeOutcome);
}

async function runBatch(context: MapperContext, options: RunChangesOptions): Promise<readonly ChangeOutcome[]> {
  const { changes, runId, undoable } = options;
  const { hands, links, fileSystem } = context;
  /* Between two batches another process may remove a folder that is empty. */
  const places = createLinkPlaces(context);
  const free = await freeTargets(changes, { kindsOf: context.kindsOf, signal: options.signal });
  const checked = await mapWithLimit<LinkChange, CheckedChange>(changes, {
    limit: SMALL_CALLS_AT_ONCE,
    run: (change) => checkChange(change, { hands, places, isFree: free.has(change.target) }),
  });
  const fitting = checked.flatMap((one) => ('change' in one ? [one.change] : []));
  const recorded = await links.begin(fitting, { runId, undoable });
  const started = fitting.filter((_, index) => recorded[index] === true);
  const performed = await mapWithLimit(started, {
    limit: SMALL_CALLS_AT_ONCE,
    run: (change) =>
      performChange(hands, { ...change, runId, isFree: change.restore === null && change.before === null }),
  });

  const outcomes = new Map<FittingChange, ChangeOutcome>();
  for (const [index, change] of started.entries()) outcomes.set(change, performed[index] as ChangeOutcome);
  const isDone = (change: FittingChange): boolean => outcomes.get(change)?.kind === 'done';
  for (const folder of new Set(started.filter(isDone).map(({ target }) => dirname(target))))
    await makeDurable(fileSystem, folder);
  await links.settle(
    started.map((change) => settledChange(change, outcomes.get(change))),
    { runId, undoable },
  );
  if (options.forgetsForeign === true) await links.forget(foreignOf(changes, { checked, outcomes }));
  const overtaken = fitting.filter((change) => !outcomes.has(change));
  for (const [change, outcome] of await explainOvertaken(context, overtaken)) outcomes.set(change, outcome);
  return checked.map((one) => ('outcome' in one ? one.outcome : (outcomes.get(one.change) as ChangeOutcome)));
}

/** The rows of changes that met something else than what they speak of. */
function foreignOf(
  changes: readonly LinkChange[],
  found: {
    readonly checked: readonly CheckedChange[];
    readonly outcomes: ReadonlyMap<FittingChange, ChangeOutcome>;
  },
): readonly RegisteredLink[] {
  return changes.flatMap(({ before }, index) => {
    const one = found.checked[index] as CheckedChange;
    const outcome = 'outcome' in one ? one.outcome : found.outcomes.get(one.change);
    return before !== null && outcome?.kind === 'conflict' ? [before] : [];
  });
}

function settledChange(change: FittingChange, outcome: ChangeOutcome | undefined): SettledChange {
  if (outcome?.kind !== 'done') return { change, outcome: 'reverted' };
  const { after } = change;
  return { change: { ...change, after: after === null ? null : asMade(after, outcome.made) }, outcome: 'done' };
}

/** @internal A row as it is recorded when its link was made. */
export function asMade(link: RegisteredLink, made: MadeLink | undefined): RegisteredLink {
  if (made === undefined) return link;
  const { by, mark } = made;
  return { ...link, strategy: strategyOf([by]), mark: Object.keys(mark).length === 0 ? null : markText(mark) };
}

/** @internal Fsyncs the folder of links; one that is gone has nothing to make durable. */
export async function makeDurable(fileSystem: FileSystem, folder: string): Promise<void> {
  try {
    await fileSystem.fsyncFolder(folder);
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
}

/** Another process recorded the same intention first, which is as good as done, or another one. */
async function explainOvertaken(
  { links }: MapperContext,
  changes: readonly FittingChange[],
): Promise<ReadonlyMap<FittingChange, ChangeOutcome>> {
  const outcomes = new Map<FittingChange, ChangeOutcome>();
  if (changes.length === 0) return outcomes;
  const recorded = new Map((await links.list({})).map((link) => [link.target, link]));
  for (const change of changes) {
    const { target, after } = change;
    const now = recorded.get(target);
    const wanted = after === null ? null : JSON.stringify([after.app, after.appRoot, after.source]);
    const found =
      now === undefined || now.state === 'removing' ? null : JSON.stringify([now.app, now.appRoot, now.source]);
    if (wanted === found) outcomes.set(change, { kind: 'kept', reason: null });
    else
      outcomes.set(
        change,
        conflict('registered-elsewhere', `${target} was recorded meanwhile, by another process or for another app`),
      );
  }
  return outcomes;
}
