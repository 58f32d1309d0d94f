import { posix } from 'node:path';
import type { LinkReason } from '../plan/link-reason.ts';
import type { CheckedEntry, CheckedLinkEntry } from '../plan/parse-plan.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import type { LinkChange } from '../registry/link-statements.ts';
import { strategyOf } from '../links/link-kind.ts';
import { linkTexts } from '../links/link-texts.ts';
import { foreignReason } from '../links/foreign-reason.ts';
import { conflict, type ChangeOutcome } from './link-outcome.ts';
import { mapWithLimit, SMALL_CALLS_AT_ONCE } from '../support/map-with-limit.ts';
import type { MapperContext } from '../mapper-context.ts';
import { createSourceChecker, type CheckedSource } from './source-checker.ts';

/** @internal A line of a plan, and what is to change for it or what became of it already. */
export type Step =
  | { readonly entry: CheckedEntry; readonly change: LinkChange }
  | { readonly entry: CheckedEntry; readonly outcome: ChangeOutcome };

/** @internal */
export interface PrepareStepsOptions {
  readonly entries: readonly CheckedEntry[];
  readonly planId: string;
  readonly runId: string;
  readonly app: string;
  readonly appRoot: string;
  readonly signal: AbortSignal | undefined;
}

/** @internal Compares the lines with the registry and the library; the disk is looked at when they are run. */
export async function prepareSteps(context: MapperContext, options: PrepareStepsOptions): Promise<readonly Step[]> {
  const { entries, app, appRoot, signal } = options;
  const { links, hands } = context;
  const kept = entries.flatMap((entry) => (entry.action === 'keep' ? [entry.target] : []));
  const [listed, texts] = await Promise.all([
    links.list({ app, appRoot }, signal),
    linkTexts(kept, { readLinkTexts: context.readLinkTexts, signal }),
  ]);
  const registered = new Map(listed.map((link) => [link.target, link]));
  const owners = new Set(
    entries.flatMap((entry) => {
      const link = entry.action === 'keep' ? registered.get(entry.target) : undefined;
      return link === undefined || link.modelId === entry.modelId ? [] : [entry.modelId];
    }),
  );
  const sources = await createSourceChecker(context, { app, entries, owners, signal });

  const prepare = async (entry: CheckedEntry): Promise<Step> => {
    signal?.throwIfAborted();
    if (entry.action === 'skipped') return { entry, outcome: { kind: 'kept', reason: entry.reason } };
    if (entry.action === 'conflict')
      return { entry, outcome: { kind: 'conflict', reason: entry.reason ?? unexplained } };
    if (entry.action === 'keep') return { entry, outcome: await checkKept(entry) };
    const { target } = entry;
    const before = registered.get(target) ?? null;
    if (entry.action === 'remove') {
      if (before === null) return { entry, outcome: { kind: 'kept', reason: gone(target) } };
      return { entry, change: { target, before, after: null } };
    }
    const found = await sources.check(entry);
    if ('reason' in found) return { entry, outcome: { kind: 'conflict', reason: found.reason } };
    return { entry, change: { target, before, after: wantedLink(entry, found) } };
  };

  const checkKept = async ({ target, source, reason }: CheckedLinkEntry): Promise<ChangeOutcome> => {
    const row = registered.get(target);
    const state = await hands.read(target, row === undefined ? [] : [row], texts.get(target));
    if (state.kind === 'absent') return conflict('changed-since', `${target} was removed since the plan was made`);
    /* What others have made is not looked into: nothing is done with it. */
    if (row === undefined && reason?.code === 'linked-by-others') return { kind: 'kept', reason };
    if (state.kind !== 'link' || state.source !== source)
      return { kind: 'conflict', reason: foreignReason(target, state) };
    return { kind: 'kept', reason };
  };

  const wantedLink = (entry: CheckedLinkEntry, { slug, leadsTo, mark, content }: CheckedSource): RegisteredLink => ({
    target: entry.target,
    source: entry.source,
    previousSource: null,
    modelId: entry.modelId,
    slug,
    fileSha256: entry.fileSha256,
    app,
    appRoot,
    folder: posix.join(entry.folder, posix.dirname(entry.name)),
    planId: options.planId,
    runId: options.runId,
    strategy: strategyOf(entry.strategies),
    mark,
    content,
    previous: null,
    leadsTo,
    state: 'done',
    createdAt: new Date(context.clock.now()).toISOString(),
  });

  const steps = await mapWithLimit(entries, { limit: SMALL_CALLS_AT_ONCE, run: prepare });
  const handed = steps.flatMap(({ entry }) => {
    const link = entry.action === 'keep' ? registered.get(entry.target) : undefined;
    if (link === undefined || link.modelId === entry.modelId || !sources.hasModel(entry.modelId)) return [];
    return [{ link, to: { modelId: entry.modelId, slug: entry.slug } }];
  });
  await links.handOver(handed);
  return steps;
}

const unexplained: LinkReason = { code: 'changed-since', message: 'the plan calls it a conflict' };

function gone(target: string): LinkReason {
  return { code: 'already-gone', message: `no link is recorded for ${target}` };
}
