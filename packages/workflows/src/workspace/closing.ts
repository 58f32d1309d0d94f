/** @internal What is to be closed, the last one first. Node 22 has no `AsyncDisposableStack`. */
export interface Closing {
  /** Remembers how to close something. */
  add(close: () => Promise<unknown>): void;
  /** Closes everything, also when one of them fails; throws the first failure. */
  closeAll(): Promise<void>;
}

/** @internal */
export function createClosing(): Closing {
  const closers: (() => Promise<unknown>)[] = [];
  return {
    add: (close) => void closers.push(close),
    async closeAll() {
      const failures: unknown[] = [];
      for (const close of closers.splice(0).toReversed()) {
        try {
          await close();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
