import { createTurns, type Turns } from './turns.ts';

/** Items that are handed out at once. */
const ITEMS_AT_ONCE = 64;
/** Items that are sorted at once. */
const ITEMS_A_RUN = 512;

/** @internal The items, some at a time, with a turn of the event loop in between where it is time: a long list does not stop who else is at work. */
export async function* inTurns<T>(
  items: readonly T[],
  { signal, turns = createTurns() }: { readonly signal?: AbortSignal | undefined; readonly turns?: Turns } = {},
): AsyncGenerator<readonly T[], void, void> {
  for (let start = 0; start < items.length; start += ITEMS_AT_ONCE) {
    const turn = turns.due(ITEMS_AT_ONCE);
    if (turn !== null) await turn;
    signal?.throwIfAborted();
    yield items.slice(start, start + ITEMS_AT_ONCE);
  }
}

/** @internal The items by what stands for each of them; of two with one key the last. */
export async function keyedInTurns<K, T>(items: readonly T[], keyOf: (item: T) => K): Promise<ReadonlyMap<K, T>> {
  const keyed = new Map<K, T>();
  for await (const some of inTurns(items)) for (const item of some) keyed.set(keyOf(item), item);
  return keyed;
}

/** @internal As `Map.groupBy`. */
export async function groupedInTurns<K, T>(
  items: readonly T[],
  keyOf: (item: T) => K,
): Promise<ReadonlyMap<K, readonly T[]>> {
  const groups = new Map<K, T[]>();
  for await (const some of inTurns(items)) {
    for (const item of some) {
      const key = keyOf(item);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [item]);
      else group.push(item);
    }
  }
  return groups;
}

/** @internal As `toSorted`: items that compare as equal stay in their order. */
export async function sortedInTurns<T>(
  items: readonly T[],
  compare: (left: T, right: T) => number,
): Promise<readonly T[]> {
  const turns = createTurns();
  let runs: readonly (readonly T[])[] = await sortedRuns(items, { compare, turns });
  while (runs.length > 1) {
    const merged: (readonly T[])[] = [];
    for (let index = 0; index < runs.length; index += 2)
      merged.push(await merge(runs[index] ?? [], runs[index + 1] ?? [], { compare, turns }));
    runs = merged;
  }
  return runs[0] ?? [];
}

interface Sorting<T> {
  readonly compare: (left: T, right: T) => number;
  readonly turns: Turns;
}

/** Sorted pieces of a list; what is in order already is one piece. */
async function sortedRuns<T>(items: readonly T[], { compare, turns }: Sorting<T>): Promise<T[][]> {
  const runs: T[][] = [];
  for (let start = 0; start < items.length; start += ITEMS_A_RUN) {
    const turn = turns.due(ITEMS_A_RUN);
    if (turn !== null) await turn;
    const sorted = items.slice(start, start + ITEMS_A_RUN).sort(compare);
    const last = runs.at(-1);
    const isBehind = last !== undefined && compare(last.at(-1) as T, sorted[0] as T) <= 0;
    if (isBehind) last.push(...sorted);
    else runs.push(sorted);
  }
  return runs;
}

async function merge<T>(
  left: readonly T[],
  right: readonly T[],
  { compare, turns }: Sorting<T>,
): Promise<readonly T[]> {
  const [lastLeft, firstRight] = [left.at(-1), right[0]];
  if (lastLeft === undefined || firstRight === undefined || compare(lastLeft, firstRight) <= 0)
    return [...left, ...right];
  const merged: T[] = [];
  let taken = 0;
  for (const item of right) {
    while (taken < left.length && compare(left[taken] as T, item) <= 0) {
      const turn = turns.due();
      if (turn !== null) await turn;
      merged.push(left[taken] as T);
      taken += 1;
    }
    const turn = turns.due();
    if (turn !== null) await turn;
    merged.push(item);
  }
  return [...merged, ...left.slice(taken)];
}
