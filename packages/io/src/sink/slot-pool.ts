/** @internal A slot that is being filled. */
export interface FillingSlot {
  readonly index: number;
  readonly bytes: Uint8Array;
  usedBytes: number;
}

/** @internal Shared memory that goes round between the threads. */
export interface SlotPool {
  readonly buffers: readonly SharedArrayBuffer[];
  /** Waits for a free slot. Rejects when {@link SlotPool.fail} is called. */
  take(): Promise<FillingSlot>;
  giveBack(index: number): void;
  fail(error: unknown): void;
}

/** @internal What {@link createSlotPool} makes. */
export interface SlotPoolOptions {
  readonly count: number;
  readonly slotBytes: number;
}

/** @internal Memory is shared so that bytes cross threads with one copy and without garbage. */
export function createSlotPool({ count, slotBytes }: SlotPoolOptions): SlotPool {
  const buffers = Array.from({ length: count }, () => new SharedArrayBuffer(slotBytes));
  const free = buffers.map((_, index) => index);
  const waiting: { resolve: (slot: FillingSlot) => void; reject: (error: unknown) => void }[] = [];
  let failure: { readonly error: unknown } | undefined;

  const fill = (index: number): FillingSlot => ({
    index,
    bytes: new Uint8Array(buffers[index] ?? new SharedArrayBuffer(0)),
    usedBytes: 0,
  });

  return {
    buffers,
    take: () =>
      new Promise((resolve, reject) => {
        const index = free.pop();
        if (failure !== undefined) reject(failure.error);
        else if (index !== undefined) resolve(fill(index));
        else waiting.push({ resolve, reject });
      }),
    giveBack(index) {
      const next = waiting.shift();
      if (next === undefined) free.push(index);
      else next.resolve(fill(index));
    },
    fail(error) {
      failure ??= { error };
      for (const { reject } of waiting.splice(0)) reject(error);
    },
  };
}
