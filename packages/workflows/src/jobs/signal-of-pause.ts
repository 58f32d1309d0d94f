import type { JobContext } from '@modelkeep/jobs';

/** @internal What aborts for everything but a cancellation, which is to discard what was fetched. */
export function signalOfPause({ signal, stopped }: Pick<JobContext, 'signal' | 'stopped'>): AbortSignal {
  const pause = new AbortController();
  const onAbort = (): void => {
    if (stopped() !== 'cancel') pause.abort(signal.reason);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return pause.signal;
}
