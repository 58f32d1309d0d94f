import { dirname } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import type { SettledChange } from '../registry/link-registry.ts';
import type { FittingChange, LinkChange } from '../registry/link-statements.ts';
import { checkChange } from './check-change.ts';
import { conflict, type ChangeOutcome } from './link-outcome.ts';
import type { LinkPlaces } from './link-places.ts';
import { mapWithLimit } from '../support/map-with-limit.ts';
import type { MapperContext } from '../mapper-context.ts';
import { performChange } from './perform-change.ts';

/** Changes that are recorded in one transaction: two commits and one fsync of each folder serve all of them. */
const BATCH = 256;
/** Small calls at once; more than libuv has threads only fill its queue. */
const CALLS_AT_ONCE = 8;

/** @internal */
export interface RunChangesOptions {
  readonly changes: readonly LinkChange[];
  readonly runId: string;
  readonly undoable: boolean;
  readonly places: LinkPlaces;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @internal Step 9 of the commit protocol: the row `pending` (or `removing`), the link, fsync of its folder, the row `done`.
 * What was done when the signal aborts stays done and recorded.
 */
export async function runChanges(
  context: MapperContext,
  options: RunChangesOptions,
): Promise<readonly ChangeOutcome[]> {
  const outcomes: ChangeOutcome[] = [];
  for (let start = 0; start < options.changes.length; start += BATCH) {
    options.signal?.throwIfAborted();
    outcomes.push(...(await runBatch(context, { ...options, changes: options.changes.slice(start, start + BATCH) })));
  }
  return outcomes;
}

async function runBatch(context: MapperContext, options: RunChangesOptions): Promise<readonly ChangeOutcome[]> {
  const { changes, runId, undoable, places } = options;
  const { strategy, links, fileSystem } = context;
  const checked = await mapWithLimit(changes, {
    limit: CALLS_AT_ONCE,
    run: (change) => checkChange(change, { strategy, places }),
  });
  const fitting = checked.flatMap((one) => ('change' in one ? [one.change] : []));
  const recorded = await links.begin(fitting, runId);
  const started = fitting.filter((_, index) => recorded[index] === true);
  const performed = await mapWithLimit(started, {
    limit: CALLS_AT_ONCE,
    run: (change) => performChange(strategy, { ...change, runId }),
  });

  const outcomes = new Map<FittingChange, ChangeOutcome>();
  for (const [index, change] of started.entries()) outcomes.set(change, performed[index] as ChangeOutcome);
  const isDone = (change: FittingChange): boolean => outcomes.get(change)?.kind === 'done';
  for (const folder of new Set(started.filter(isDone).map(({ target }) => dirname(target))))
    await makeDurable(fileSystem, folder);
  const settled = started.map((change): SettledChange => ({ change, outcome: isDone(change) ? 'done' : 'reverted' }));
  await links.settle(settled, { runId, undoable });
  const overtaken = fitting.filter((change) => !outcomes.has(change));
  for (const [change, outcome] of await explainOvertaken(context, overtaken)) outcomes.set(change, outcome);
  return checked.map((one) => ('outcome' in one ? one.outcome : (outcomes.get(one.change) as ChangeOutcome)));
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
