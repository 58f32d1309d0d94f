interface Waits {
  /** An array, since it changes all the time: what a set has held can live on with its old tables. */
  readonly callbacks: { readonly call: () => void }[];
  readonly listener: () => void;
}

const waitsOf = new WeakMap<AbortSignal, Waits>();

/**
 * Calls back once when a signal is aborted; at once where it is already. However many wait, the signal has one listener,
 * and none when nobody waits: its listeners are a list that is walked for each new one, and those that were removed keep
 * the later ones in memory.
 *
 * @param call - must not throw: those that wait behind it would not be called
 * @returns ends the wait; safe to call twice
 */
export function onAbort(signal: AbortSignal, call: () => void): () => void {
  if (signal.aborted) {
    call();
    return () => {};
  }
  const waits = waitsOf.get(signal) ?? createWaits();
  const { callbacks, listener } = waits;
  if (callbacks.length === 0) {
    waitsOf.set(signal, waits);
    signal.addEventListener('abort', listener, { once: true });
  }
  const callback = { call };
  callbacks.push(callback);
  return () => {
    const index = callbacks.indexOf(callback);
    if (index === -1) return;
    callbacks.splice(index, 1);
    if (callbacks.length === 0) signal.removeEventListener('abort', listener);
  };
}

function createWaits(): Waits {
  const callbacks: { readonly call: () => void }[] = [];
  const listener = (): void => {
    for (const { call } of callbacks.splice(0)) call();
  };
  return { callbacks, listener };
}
