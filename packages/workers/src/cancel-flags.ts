const FLAGS_AT_ONCE = 256;
const BYTES = Int32Array.BYTES_PER_ELEMENT;

/** @internal Flags that a thread sees while its work is synchronous, by their numbers. */
export interface CancelFlags {
  /** The number of a flag that is down, until it is given back. */
  take(): number;
  raise(flag: number): void;
  giveBack(flag: number): void;
}

/**
 * @internal The side that raises them. A call with shared memory of its own would have it wrapped anew in each thread, and what wraps
 * shared memory waits long to be collected.
 *
 * @param send - hands the memory of further flags to the thread, before a call that has one of them
 */
export function createCancelFlags(send: (memory: SharedArrayBuffer) => void): CancelFlags {
  const blocks: Int32Array<SharedArrayBuffer>[] = [];
  const free: number[] = [];
  const set = (flag: number, value: 0 | 1): void => {
    const block = blocks[Math.floor(flag / FLAGS_AT_ONCE)];
    if (block !== undefined) Atomics.store(block, flag % FLAGS_AT_ONCE, value);
  };
  return {
    take() {
      const flag = free.pop();
      if (flag !== undefined) return flag;
      const first = blocks.length * FLAGS_AT_ONCE;
      const memory = new SharedArrayBuffer(FLAGS_AT_ONCE * BYTES);
      blocks.push(new Int32Array(memory));
      send(memory);
      for (let next = first + FLAGS_AT_ONCE - 1; next > first; next -= 1) free.push(next);
      return first;
    },
    raise: (flag) => set(flag, 1),
    giveBack(flag) {
      set(flag, 0);
      free.push(flag);
    },
  };
}

/** @internal The side that looks at them. */
export interface SeenFlags {
  add(memory: SharedArrayBuffer): void;
  isRaised(flag: number): boolean;
}

/** @internal */
export function createSeenFlags(): SeenFlags {
  const blocks: Int32Array<SharedArrayBuffer>[] = [];
  return {
    add: (memory) => void blocks.push(new Int32Array(memory)),
    isRaised(flag) {
      const block = blocks[Math.floor(flag / FLAGS_AT_ONCE)];
      return block !== undefined && Atomics.load(block, flag % FLAGS_AT_ONCE) === 1;
    },
  };
}
