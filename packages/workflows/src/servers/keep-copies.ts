import { abortable, createLatestValue, createOutage, serialiseError } from '@modelkeep/core';
import { planCopies, type CopyPlan, type GovernedContent, type PlannedCopy, type Servers } from '@modelkeep/fleet';
import { createCarryingOut, type CarryOutContext } from './carry-out-copies.ts';
import { keepOn } from './keep-on.ts';
import type { KeepCopiesOptions, KeepingCopies } from './library-servers.ts';

/** As many are looked up at once. */
const PAGE = 1_000;
const EVERY_MS = 60_000;

/** @internal Plans copies whenever something changes, and submits jobs for what this library is to get. */
export async function keepCopies(
  context: CarryOutContext & { readonly servers: Servers },
  { models, agree, everyMs = EVERY_MS, signal }: KeepCopiesOptions & { readonly signal: AbortSignal },
): Promise<KeepingCopies> {
  const { servers, ownId, clock, logger } = context;
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  const outage = createOutage({
    logger,
    clock,
    message: 'copies cannot be planned',
    over: 'copies are planned again',
    facts: { serverId: ownId },
  });
  const onFailure = (error: unknown): void => outage.failed('look', serialiseError(error).message);
  const carryOut = createCarryingOut(context, {
    agree,
    signal: stopped,
    onAgreed: () => void lookAgain().catch((error: unknown) => stopped.aborted || onFailure(error)),
  });
  const look = async (): Promise<CopyPlan> => {
    const governed = typeof models === 'function' ? await abortable(Promise.resolve(models()), stopped) : models;
    const plan = await planAll(servers, governed, stopped);
    await carryOut(plan, governed);
    return plan;
  };
  // The cursor first: what happens after it is seen again rather than never.
  let { cursor } = await servers.changesSince(null, { signal: stopped });
  const latest = createLatestValue<CopyPlan>({ copies: [], unmet: [] });
  const lookNow = async (): Promise<void> => {
    latest.set(await look());
    outage.answered('look');
  };
  let looking: Promise<void> = Promise.resolve();
  const lookAgain = (): Promise<void> => {
    const next = looking.then(lookNow);
    looking = next.catch(() => {});
    return next;
  };
  const follow = async (): Promise<void> => {
    for await (const changes of servers.watch({ since: cursor, signal: stopped })) {
      await lookAgain();
      ({ cursor } = changes);
    }
  };
  // The first look is that of the call; after a failure it is looked at once.
  let isLooked = true;
  const wait = async (): Promise<void> => {
    for (;;) {
      if (!isLooked) await lookAgain();
      isLooked = false;
      await clock.sleep(everyMs, stopped);
    }
  };
  await lookAgain();
  const ended = Promise.all([follow, wait].map((work) => keepOn({ work, stopped, clock, onFailure })))
    .then(() => looking)
    .then(() => latest.end());
  const close = async (): Promise<void> => {
    stop.abort();
    await ended;
  };
  return {
    get current() {
      return latest.current;
    },
    subscribe: (listener) => latest.subscribe(listener),
    [Symbol.asyncIterator]: () => latest[Symbol.asyncIterator](),
    ended,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Page by page: what an earlier one plans takes room that a later one does not have. */
async function planAll(servers: Servers, governed: readonly GovernedContent[], signal: AbortSignal): Promise<CopyPlan> {
  const plan = { copies: [] as PlannedCopy[], unmet: [] as CopyPlan['unmet'][number][] };
  const taken = new Map<string, number>();
  for (let start = 0; start < governed.length; start += PAGE) {
    const page = governed.slice(start, start + PAGE);
    const queries = page.map(({ sha256 }) => ({ by: 'sha256', sha256 }) as const);
    const found = await servers.availability(queries, { signal });
    const left = found.servers.map((server) => {
      const { freeBytes } = server.capacity;
      const free = freeBytes === null ? null : freeBytes - (taken.get(server.id) ?? 0);
      return { ...server, capacity: { ...server.capacity, freeBytes: free } };
    });
    const { copies, unmet } = planCopies(page, { ...found, servers: left });
    for (const { to, sizeBytes } of copies) taken.set(to, (taken.get(to) ?? 0) + sizeBytes);
    plan.copies.push(...copies);
    plan.unmet.push(...unmet);
  }
  return plan;
}
