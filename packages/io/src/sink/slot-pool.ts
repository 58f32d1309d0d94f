import { onAbort } from '@modelkeep/core';

/** @internal Memory that both threads see. */
export interface Slot {
  readonly buffer: SharedArrayBuffer;
  readonly bytes: Uint8Array;
}

/** @internal Shared memory that goes round between the threads. */
export interface SlotPool {
  /** A slot that is free, or undefined. */
  tryTake(): Slot | undefined;
  /** Waits for a free slot. @throws the reason of the first signal that ends the wait */
  take(signals: readonly AbortSignal[]): Promise<Slot>;
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
    // Not by `AbortSignal.any`: thousands of its signals a second live until a full collection.
    take: (signals) =>
      new Promise((resolve, reject) => {
        for (const signal of signals) if (signal.aborted) return reject(signal.reason as Error);
        const slot = tryTake();
        if (slot !== undefined) return resolve(slot);
        const giveUp = (): void => {
          entry.forget();
          waiting.splice(waiting.indexOf(entry), 1);
          reject(signals.find(({ aborted }) => aborted)?.reason as Error);
        };
        const ends = signals.map((signal) => onAbort(signal, giveUp));
        const entry: Waiting = { resolve, forget: () => ends.forEach((end) => end()) };
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
