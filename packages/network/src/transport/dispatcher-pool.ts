import type { Dispatcher } from 'undici';

const MAX_DISPATCHERS = 16;

/** Dispatchers by what tells them apart, made when they are first asked for. */
export interface DispatcherPool {
  /** The dispatcher of a key. One that has not been asked for lately is closed once its exchanges are over. */
  get(key: string, make: () => Dispatcher): Dispatcher;
  /** Ends every exchange and destroys the connections. */
  destroy(): Promise<void>;
}

/** A pool of at most 16 dispatchers that take requests. */
export function createDispatcherPool(): DispatcherPool {
  const byKey = new Map<string, Dispatcher>();
  /** Closed to requests, with exchanges that go on. */
  const retired = new Set<Dispatcher>();

  const retire = (dispatcher: Dispatcher): void => {
    retired.add(dispatcher);
    const forget = (): void => void retired.delete(dispatcher);
    // One that is destroyed meanwhile rejects its close; then it has ended all the same.
    dispatcher.close().then(forget, forget);
  };
  return {
    get(key, make) {
      const dispatcher = byKey.get(key) ?? make();
      byKey.delete(key);
      byKey.set(key, dispatcher);
      const [oldestKey, oldest] = byKey.entries().next().value ?? [];
      if (byKey.size > MAX_DISPATCHERS && oldestKey !== undefined && oldest !== undefined) {
        byKey.delete(oldestKey);
        retire(oldest);
      }
      return dispatcher;
    },
    async destroy() {
      const all = [...byKey.values(), ...retired];
      byKey.clear();
      await Promise.all(all.map((dispatcher) => dispatcher.destroy()));
    },
  };
}
