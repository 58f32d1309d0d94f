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

/** Who waits for one owner, the first one first. */
interface Turn {
  readonly owner: object;
  readonly waiting: Waiting[];
}

/** @internal Arrays, since who waits changes with each batch: what a set has held can live on with its old tables. */
export function createWaitingLine(): WaitingLine {
  /** For each rank the owners in turn. */
  const ranks: Turn[][] = ioPriorities.map(() => []);
  /** In the order in which they came. */
  const all: Waiting[] = [];
  const turnsOf = ({ request }: Waiting): Turn[] => ranks[rankOf(request.priority)] ?? [];
  return {
    get size() {
      return all.length;
    },
    add(waiting) {
      all.push(waiting);
      const turns = turnsOf(waiting);
      const { owner } = waiting.request;
      const own = turns.find((turn) => turn.owner === owner);
      if (own === undefined) turns.push({ owner, waiting: [waiting] });
      else own.waiting.push(waiting);
    },
    remove(waiting) {
      const at = all.indexOf(waiting);
      if (at === -1) return;
      all.splice(at, 1);
      const turns = turnsOf(waiting);
      const [own] = turns.splice(
        turns.findIndex(({ owner }) => owner === waiting.request.owner),
        1,
      );
      own?.waiting.splice(own.waiting.indexOf(waiting), 1);
      // Behind the other owners: it had its turn.
      if (own !== undefined && own.waiting.length > 0) turns.push(own);
    },
    first() {
      return ranks.find((turns) => turns.length > 0)?.[0]?.waiting[0];
    },
    longest() {
      return all[0];
    },
    waitedMs(nowMs) {
      let sum = 0;
      for (const { sinceMs } of all) sum += nowMs - sinceMs;
      return sum;
    },
  };
}
