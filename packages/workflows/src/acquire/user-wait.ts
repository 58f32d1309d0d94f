import type { Progress, WaitingForUser } from '@modelkeep/core';

/** @internal What {@link createUserWait} is made from. */
export interface UserWaitOptions {
  readonly signal: AbortSignal;
  readonly report: (change: Partial<Progress>) => void;
  /** Makes the error that is thrown in place of waiting; undefined: it waits. */
  readonly refuse?: ((waiting: WaitingForUser) => Error) | undefined;
}

/** @internal An operation that a person may have to let go on. */
export interface UserWait {
  /**
   * Asks until nobody has to do anything, and waits for `resume` between two asks. It holds nothing while it waits.
   *
   * @returns whether it waited
   * @throws what `ask` throws, the error of `refuse`, the signal's reason
   */
  until(ask: () => Promise<WaitingForUser | null>): Promise<boolean>;
  /** Asks again. While an answer is on its way, once more after it, since that may be about the token of before. */
  resume(): void;
}

/** @internal */
export function createUserWait({ signal, report, refuse }: UserWaitOptions): UserWait {
  let isResumed = false;
  let wake: (() => void) | undefined;
  const resumed = async (waiting: WaitingForUser): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = (): void => resolve();
    wake = end;
    signal.addEventListener('abort', end, { once: true });
    report({ phase: 'waiting-for-user', waiting, file: null, bytesPerSecond: 0, etaMs: null });
    await promise;
    wake = undefined;
    signal.removeEventListener('abort', end);
    signal.throwIfAborted();
    report({ phase: 'planning', waiting: null });
  };
  return {
    async until(ask) {
      let hasWaited = false;
      for (;;) {
        isResumed = false;
        const waiting = await ask();
        if (waiting === null) return hasWaited;
        if (refuse !== undefined) throw refuse(waiting);
        signal.throwIfAborted();
        if (isResumed) continue;
        hasWaited = true;
        await resumed(waiting);
      }
    },
    resume() {
      isResumed = true;
      wake?.();
    },
  };
}
