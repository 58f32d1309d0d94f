/** The right to one connection. */
export interface ConnectionPermit {
  /** Gives it back; once. */
  release(): void;
}

/** How many connections there may be to one origin, for all downloads that share it. */
export interface ConnectionBudget {
  /** Waits for its turn; who asked first comes first. @throws `signal.reason` */
  take(origin: string, signal?: AbortSignal): Promise<ConnectionPermit>;
  /** Without waiting: undefined when all are taken. */
  tryTake(origin: string): ConnectionPermit | undefined;
}

/** How {@link createConnectionBudget} works. */
export interface ConnectionBudgetOptions {
  /** @default 8 */
  readonly perOrigin?: number | undefined;
}

interface Waiting {
  readonly resolve: (permit: ConnectionPermit) => void;
}

/** A budget for the connections of a process. */
export function createConnectionBudget({ perOrigin = 8 }: ConnectionBudgetOptions = {}): ConnectionBudget {
  const taken = new Map<string, number>();
  const queues = new Map<string, Waiting[]>();

  const permit = (origin: string): ConnectionPermit => {
    let isHeld = true;
    return {
      release() {
        if (!isHeld) return;
        isHeld = false;
        const next = queues.get(origin)?.shift();
        if (queues.get(origin)?.length === 0) queues.delete(origin);
        if (next !== undefined) {
          next.resolve(permit(origin));
          return;
        }
        const left = (taken.get(origin) ?? 1) - 1;
        if (left === 0) taken.delete(origin);
        else taken.set(origin, left);
      },
    };
  };
  const tryTake = (origin: string): ConnectionPermit | undefined => {
    const count = taken.get(origin) ?? 0;
    if (count >= perOrigin) return undefined;
    taken.set(origin, count + 1);
    return permit(origin);
  };

  return {
    tryTake,
    take: (origin, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const free = tryTake(origin);
        if (free !== undefined) return resolve(free);
        const queue = queues.get(origin) ?? [];
        queues.set(origin, queue);
        const onAbort = (): void => {
          const index = queue.indexOf(entry);
          if (index >= 0) queue.splice(index, 1);
          if (queue.length === 0 && queues.get(origin) === queue) queues.delete(origin);
          reject(signal?.reason);
        };
        const entry: Waiting = {
          resolve(granted) {
            signal?.removeEventListener('abort', onAbort);
            resolve(granted);
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        queue.push(entry);
      }),
  };
}
