import { ModelkeepError, systemClock } from '@modelkeep/core';
import type { AppliedPlan } from '@modelkeep/mapper';
import { describe, expect, it } from 'vitest';
import { keepLinked, type KeptLinks } from './keep-linked.ts';
import type { AppLinks, PlanLinksOptions } from './plan-links.ts';

/** A library whose changes are pages that a test writes, and an app that needs work when it is told to. */
function scene() {
  const pages: { changes: readonly unknown[]; cursor: string; resync: boolean }[] = [];
  const asked: (string | null)[] = [];
  const plans: { create: number; fail?: unknown }[] = [];
  let planned = 0;
  let applied = 0;
  const counts = { create: 0, keep: 0, replace: 0, remove: 0, conflict: 0, skipped: 0 };
  const plan = async (_options: PlanLinksOptions): Promise<AppLinks> => {
    planned += 1;
    const { create, fail } = plans.shift() ?? { create: 0 };
    if (fail !== undefined) throw fail;
    return {
      plan: { id: `plan-${planned}`, counts: { ...counts, create }, warnings: [] } as unknown as AppLinks['plan'],
      apply: async () => {
        applied += 1;
        return { id: `run-${applied}` } as AppliedPlan;
      },
      undo: async () => null,
    };
  };
  const feed = {
    changesSince: async (cursor: string | null) => {
      asked.push(cursor);
      return pages.shift() ?? { changes: [], cursor: cursor ?? 'end', resync: cursor === null };
    },
  };
  return { context: { feed, clock: systemClock, plan }, pages, plans, asked, counts: () => ({ planned, applied }) };
}

const request = { appRoot: '/app', pollMs: 1 };

async function take(keeper: AsyncIterable<KeptLinks>, count: number): Promise<readonly KeptLinks[]> {
  const reports: KeptLinks[] = [];
  for await (const report of keeper) {
    reports.push(report);
    if (reports.length === count) break;
  }
  return reports;
}

describe('an app that is kept linked', () => {
  it('is mapped at once, and again after each change, but not applied where nothing has to change', async () => {
    const { context, pages, plans, counts } = scene();
    pages.push({ changes: [], cursor: '1', resync: true });
    pages.push({ changes: [{}], cursor: '2', resync: false }, { changes: [{}], cursor: '3', resync: false });
    pages.push({ changes: [], cursor: '3', resync: false }, { changes: [], cursor: '3', resync: false });
    pages.push({ changes: [{}], cursor: '4', resync: false });
    plans.push({ create: 2 }, { create: 0 }, { create: 1 });
    await using keeper = keepLinked(context, request);
    const reports = await take(keeper, 3);
    expect(reports.map(({ applied, problem }) => [applied?.id, problem])).toEqual([
      ['run-1', null],
      [undefined, null],
      ['run-2', null],
    ]);
    await keeper.close();
    expect(counts()).toEqual({ planned: 3, applied: 2 });
  });

  it('asks from the cursor that it had before it planned, so that no change is missed', async () => {
    const { context, pages, asked } = scene();
    pages.push({ changes: [], cursor: 'end', resync: true }, { changes: [{}], cursor: 'later', resync: false });
    await using keeper = keepLinked(context, request);
    await take(keeper, 2);
    await keeper.close();
    expect(asked.slice(0, 3)).toEqual([null, 'end', 'later']);
  });

  it('waits for an app whose drive is not there, says so once, and goes on when it is', async () => {
    const { context, plans } = scene();
    const gone = new ModelkeepError('mapper.app-root', { message: 'gone', facts: { path: '/app', reason: 'gone' } });
    plans.push({ create: 0, fail: gone }, { create: 0, fail: gone }, { create: 1 });
    const heard: KeptLinks[] = [];
    await using keeper = keepLinked(context, request);
    keeper.subscribe((kept) => heard.push(kept));
    keeper.subscribe(() => {
      throw new Error('a listener of somebody');
    });
    const reports = await take(keeper, 2);
    expect(reports.map(({ problem, applied }) => [problem?.code, applied?.id])).toEqual([
      ['mapper.app-root', undefined],
      [undefined, 'run-1'],
    ]);
    expect(heard).toEqual(reports);
  });

  it('ends by its signal and by close, and with the reason why it cannot go on', async () => {
    const abort = new AbortController();
    const keeper = keepLinked(scene().context, { ...request, signal: abort.signal });
    await take(keeper, 1);
    abort.abort();
    await keeper.ended;
    expect((await keeper[Symbol.asyncIterator]().next()).done).toBe(true);

    const unknown = new ModelkeepError('mapper.unknown-app', { message: 'no', facts: { app: 'x', known: [] } });
    const failing = scene();
    failing.plans.push({ create: 0, fail: unknown });
    const broken = keepLinked(failing.context, request);
    await expect(take(broken, 1)).rejects.toBe(unknown);
    await expect(broken.ended).rejects.toBe(unknown);
  });
});
