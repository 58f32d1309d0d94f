/** @internal Memory that both threads see. */
export interface Slot {
  readonly buffer: SharedArrayBuffer;
  readonly bytes: Uint8Array;
}

/** @internal Shared memory that goes round between the threads. */
export interface SlotPool {
  /** A slot that is free, or undefined. */
  tryTake(): Slot | undefined;
  /** Waits for a free slot. @throws `signal.reason` */
  take(signal: AbortSignal): Promise<Slot>;
  readonly giveBack: (slot: Slot) => void;
}

/** @internal What {@link createSlotPool} makes. */
export interface SlotPoolOptions {
  /** Slots at most; each is made when it is first needed. */
  readonly count: number;
  readonly slotBytes: number;
}

interface Waiting {
  readonly resolve: (slot: Slot) => void;
  readonly forget: () => void;
}

/** @internal Memory is shared so that bytes cross threads with one copy and without garbage. */
export function createSlotPool({ count, slotBytes }: SlotPoolOptions): SlotPool {
  const free: Slot[] = [];
  const waiting: Waiting[] = [];
  let made = 0;

  const tryTake = (): Slot | undefined => {
    const slot = free.pop();
    if (slot !== undefined || made === count) return slot;
    made += 1;
    const buffer = new SharedArrayBuffer(slotBytes);
    return { buffer, bytes: new Uint8Array(buffer) };
  };

  return {
    tryTake,
    take: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const slot = tryTake();
        if (slot !== undefined) return resolve(slot);
        const onAbort = (): void => {
          waiting.splice(waiting.indexOf(entry), 1);
          reject(signal.reason);
        };
        const entry: Waiting = { resolve, forget: () => signal.removeEventListener('abort', onAbort) };
        signal.addEventListener('abort', onAbort, { once: true });
        waiting.push(entry);
      }),
    giveBack(slot) {
      const next = waiting.shift();
      if (next === undefined) {
        free.push(slot);
        return;
      }
      next.forget();
      next.resolve(slot);
    },
  };
}
