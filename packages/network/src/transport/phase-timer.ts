/** What a request waits for. */
export type TimeoutPhase = 'connect' | 'headers' | 'idle' | 'total';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The one timer of a request. */
export interface PhaseTimer {
  /** Starts the time of a phase anew; 0 or more than 24 days means no limit. */
  start(phase: TimeoutPhase, timeoutMs: number): void;
  /** Something came in: the time of the phase starts again. */
  refresh(): void;
  stop(): void;
}

/**
 * After a blocked event loop the timer fires before the sockets are read; so bytes that wait in the socket get one
 * turn of the loop to be seen before the phase is called over.
 */
export function createPhaseTimer(onTimeout: (phase: TimeoutPhase, timeoutMs: number) => void): PhaseTimer {
  let timer: NodeJS.Timeout | undefined;
  let activity = 0;
  const fire = (phase: TimeoutPhase, timeoutMs: number): void => {
    const seen = activity;
    setImmediate(() => {
      if (seen === activity) onTimeout(phase, timeoutMs);
    });
  };
  const stop = (): void => {
    activity += 1;
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    start(phase, timeoutMs) {
      stop();
      if (timeoutMs > 0 && timeoutMs <= LONGEST_TIMER_MS) timer = setTimeout(fire, timeoutMs, phase, timeoutMs);
    },
    refresh() {
      activity += 1;
      timer?.refresh();
    },
    stop,
  };
}
