/** @internal What waits in a queue. */
export interface Queued {
  readonly isSmall: boolean;
  readonly priority: number;
}

/** @internal Those that wait: the highest priority first, then who came first. */
export interface TransferQueue<T extends Queued> {
  /** Does nothing for one that is in. */
  add(item: T): void;
  remove(item: T): void;
  /** Takes out the next one. @param options - without `large` only small ones */
  next(options: { readonly large: boolean }): T | undefined;
  /** Its priority has changed: it comes last among those of its new one. */
  moved(item: T): void;
}

interface Bucket<T> {
  readonly small: Map<T, number>;
  readonly large: Map<T, number>;
}

/** @internal */
export function createTransferQueue<T extends Queued>(): TransferQueue<T> {
  const buckets = new Map<number, Bucket<T>>();
  const priorities = new Map<T, number>();
  let count = 0;

  const add = (item: T): void => {
    if (priorities.has(item)) return;
    const { priority, isSmall } = item;
    const bucket = buckets.get(priority) ?? { small: new Map(), large: new Map() };
    count += 1;
    buckets.set(priority, bucket);
    priorities.set(item, priority);
    bucket[isSmall ? 'small' : 'large'].set(item, count);
  };
  const remove = (item: T): boolean => {
    const priority = priorities.get(item);
    if (priority === undefined) return false;
    priorities.delete(item);
    const bucket = buckets.get(priority);
    bucket?.[item.isSmall ? 'small' : 'large'].delete(item);
    if (bucket?.small.size === 0 && bucket.large.size === 0) buckets.delete(priority);
    return true;
  };
  return {
    add,
    remove: (item) => void remove(item),
    moved(item) {
      if (remove(item)) add(item);
    },
    next({ large }) {
      for (const priority of [...buckets.keys()].toSorted((a, b) => b - a)) {
        const bucket = buckets.get(priority);
        const [small] = bucket?.small ?? [];
        const [big] = large ? (bucket?.large ?? []) : [];
        const first = small !== undefined && (big === undefined || small[1] < big[1]) ? small : big;
        if (first === undefined) continue;
        remove(first[0]);
        return first[0];
      }
      return undefined;
    },
  };
}
