import { onAbort, type Clock } from '@modelkeep/core';
import type { DriveQueue, DriveQueueOptions, Place, PlaceRequest } from './drive-queue.ts';
import { ioPriorities, rankOf } from './priority.ts';
import { createWaitingLine, type Waiting } from './waiting-line.ts';

/** @internal What {@link createDriveQueue} needs. */
export interface CreateDriveQueueOptions extends DriveQueueOptions {
  readonly driveId: string;
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>;
}

/** Nobody waits for ever: once in so long a place goes to whoever has waited longest, if that is as long. */
const PATIENCE_MS = 5_000;

/** Given as the reason: one that is made each time costs a stack trace. */
const ALARM_ENDED = new Error('nobody waits any more');

interface Holder {
  readonly request: PlaceRequest;
  readonly sinceMs: number;
  /** Whether it was asked to let others go first. */
  asked: boolean;
}

/**
 * @internal A queue with strict priorities and owners in turn, in which the patience of the last one ends: after
 * 5 seconds it goes next, at most one in 5 seconds. Long operations are asked to give way to whoever comes first.
 */
export function createDriveQueue({ driveId, places, lingerMs, clock }: CreateDriveQueueOptions): DriveQueue {
  const line = createWaitingLine();
  /** In the order in which they began. */
  const holders: Holder[] = [];
  /** When an operation of each rank has ended last. */
  const endedMs = ioPriorities.map(() => Number.NEGATIVE_INFINITY);
  let patienceMs = Number.NEGATIVE_INFINITY;
  let alarm: { readonly dueMs: number; readonly ends: AbortController } | undefined;
  let done = 0;
  let bytesDone = 0;
  let waitedMs = 0;
  let gaveWay = 0;

  /** For how long the place is kept for somebody of higher priority; 0: it is free. */
  const keptForMs = (rank: number, nowMs: number): number => {
    if (lingerMs === 0) return 0;
    return endedMs.reduce((kept, ended, other) => (other < rank ? Math.max(kept, ended + lingerMs - nowMs) : kept), 0);
  };
  const isOutOfPatience = ({ sinceMs }: Waiting, nowMs: number): boolean =>
    nowMs - sinceMs >= PATIENCE_MS && nowMs - patienceMs >= PATIENCE_MS;

  const hold = (request: PlaceRequest): Place => {
    const holder: Holder = { request, sinceMs: clock.monotonicMs(), asked: false };
    holders.push(holder);
    return {
      release(bytes = 0) {
        const at = holders.indexOf(holder);
        if (at === -1) return;
        holders.splice(at, 1);
        done += 1;
        bytesDone += bytes;
        endedMs[rankOf(request.priority)] = clock.monotonicMs();
        admit();
      },
    };
  };
  const next = (nowMs: number): Waiting | undefined => {
    const longest = line.longest();
    if (longest === undefined || !isOutOfPatience(longest, nowMs)) return line.first();
    return longest;
  };
  /** Lets in whoever may work now, and comes back when that may change by itself. */
  const admit = (): void => {
    const nowMs = clock.monotonicMs();
    while (holders.length < places) {
      const waiting = next(nowMs);
      if (waiting === undefined) return endAlarm();
      const outOfPatience = isOutOfPatience(waiting, nowMs);
      const keptMs = outOfPatience ? 0 : keptForMs(rankOf(waiting.request.priority), nowMs);
      if (keptMs > 0) return comeBackIn(keptMs);
      if (outOfPatience) patienceMs = nowMs;
      line.remove(waiting);
      waitedMs += nowMs - waiting.sinceMs;
      waiting.admit(hold(waiting.request));
    }
    const longest = line.longest();
    if (longest === undefined) return endAlarm();
    askToGiveWay(nowMs);
    comeBackIn(Math.max(longest.sinceMs, patienceMs) + PATIENCE_MS - nowMs);
  };
  const endAlarm = (): void => {
    alarm?.ends.abort(ALARM_ENDED);
    alarm = undefined;
  };
  /** An alarm that goes off before stays: it looks again. */
  const comeBackIn = (ms: number): void => {
    const dueMs = clock.monotonicMs() + Math.max(ms, 1);
    if (alarm !== undefined && alarm.dueMs <= dueMs) return;
    endAlarm();
    const ends = new AbortController();
    const own = { dueMs, ends };
    alarm = own;
    const onDue = (): void => {
      // With another clock it may come after it was ended: the one of now stays.
      if (alarm === own) alarm = undefined;
      admit();
    };
    // Only its own end ends the wait early.
    clock.sleep(Math.max(ms, 1), ends.signal).then(onDue, () => {});
  };
  /** One holder for who is next: of those that can, one of the lowest priority, which has worked for the longest time. */
  const askToGiveWay = (nowMs: number): void => {
    const waiting = next(nowMs);
    if (waiting === undefined) return;
    let lowest = isOutOfPatience(waiting, nowMs) ? -1 : rankOf(waiting.request.priority);
    let chosen: Holder | undefined;
    for (const holder of holders) {
      if (holder.asked) return;
      const rank = rankOf(holder.request.priority);
      if (holder.request.onGiveWay === undefined || rank <= lowest) continue;
      lowest = rank;
      chosen = holder;
    }
    if (chosen === undefined) return;
    chosen.asked = true;
    gaveWay += 1;
    chosen.request.onGiveWay?.();
  };
  const tryTake = (request: PlaceRequest): Place | undefined => {
    if (holders.length >= places || line.size > 0) return undefined;
    if (lingerMs > 0 && keptForMs(rankOf(request.priority), clock.monotonicMs()) > 0) return undefined;
    return hold(request);
  };

  return {
    driveId,
    places,
    lingerMs,
    tryTake,
    take: (request, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason as Error);
        const place = tryTake(request);
        if (place !== undefined) return resolve(place);
        const giveUp = (): void => {
          line.remove(waiting);
          waitedMs += clock.monotonicMs() - waiting.sinceMs;
          admit();
          reject(signal?.reason as Error);
        };
        const waiting: Waiting = {
          request,
          sinceMs: clock.monotonicMs(),
          admit: (admitted) => {
            endWait?.();
            resolve(admitted);
          },
        };
        const endWait = signal === undefined ? undefined : onAbort(signal, giveUp);
        line.add(waiting);
        admit();
      }),
    snapshot: () => ({
      driveId,
      places,
      running: holders.length,
      waiting: line.size,
      done,
      bytes: bytesDone,
      waitedMs: waitedMs + line.waitedMs(clock.monotonicMs()),
      gaveWay,
    }),
  };
}
