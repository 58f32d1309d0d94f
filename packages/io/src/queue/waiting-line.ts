import { ioPriorities, rankOf } from './priority.ts';
import type { Place, PlaceRequest } from './drive-queue.ts';

/** @internal Somebody who waits. */
export interface Waiting {
  readonly request: PlaceRequest;
  readonly sinceMs: number;
  readonly admit: (place: Place) => void;
}

/** @internal Those who wait for one drive: by priority, and within one priority the owners in turn. */
export interface WaitingLine {
  readonly size: number;
  add(waiting: Waiting): void;
  remove(waiting: Waiting): void;
  /** Whose turn it is; undefined when nobody waits. */
  first(): Waiting | undefined;
  /** Who has waited longest, whatever its priority. */
  longest(): Waiting | undefined;
  /** All waits so far, in milliseconds. */
  waitedMs(nowMs: number): number;
}

/** @internal */
export function createWaitingLine(): WaitingLine {
  const ranks = ioPriorities.map(() => new Map<object, Waiting[]>());
  const all = new Set<Waiting>();
  return {
    get size() {
      return all.size;
    },
    add(waiting) {
      all.add(waiting);
      const owners = ranks[rankOf(waiting.request.priority)];
      const own = owners?.get(waiting.request.owner);
      if (own === undefined) owners?.set(waiting.request.owner, [waiting]);
      else own.push(waiting);
    },
    remove(waiting) {
      if (!all.delete(waiting)) return;
      const { owner, priority } = waiting.request;
      const owners = ranks[rankOf(priority)];
      const rest = owners?.get(owner)?.filter((other) => other !== waiting) ?? [];
      // Behind the other owners: it had its turn.
      owners?.delete(owner);
      if (rest.length > 0) owners?.set(owner, rest);
    },
    first() {
      for (const owners of ranks) {
        for (const [waiting] of owners.values()) return waiting;
      }
      return undefined;
    },
    longest() {
      // Sets keep the order in which they were filled.
      for (const waiting of all) return waiting;
      return undefined;
    },
    waitedMs(nowMs) {
      let sum = 0;
      for (const { sinceMs } of all) sum += nowMs - sinceMs;
      return sum;
    },
  };
}
