import type { buildConnector } from 'undici';
import type { ConnectionAttempt, Connector } from './connector.ts';

/** Knows which connections are being made and who waits for them, so that nobody's attempt lingers. */
export interface ConnectionTracker {
  /** Connects through `connect` and watches the attempt until it is over. */
  watch(connect: Connector): buildConnector.connector;
  /** A request begins to wait for a connection to this origin; the returned function ends that. */
  wait(origin: string): () => void;
  /** Ends every attempt. */
  destroyAll(): void;
}

/**
 * undici keeps connecting for a request that was aborted meanwhile. When nobody waits for an origin any more, its
 * unfinished attempts are ended here.
 */
export function createConnectionTracker(): ConnectionTracker {
  const connecting = new Map<string, Set<ConnectionAttempt>>();
  const waiting = new Map<string, number>();

  const destroy = (origin: string): void => {
    for (const attempt of connecting.get(origin) ?? []) attempt.destroy(new Error('Nobody waits for this connection'));
  };
  const forget = (origin: string, attempt: ConnectionAttempt): void => {
    const attempts = connecting.get(origin);
    attempts?.delete(attempt);
    if (attempts?.size === 0) connecting.delete(origin);
  };

  return {
    watch: (connect) => (options, callback) => {
      const origin = `${options.protocol}//${options.host ?? ''}`;
      const attempt = connect(options, (...result) => {
        forget(origin, attempt);
        callback(...result);
      });
      const attempts = connecting.get(origin) ?? new Set();
      connecting.set(origin, attempts.add(attempt));
    },
    wait(origin) {
      waiting.set(origin, (waiting.get(origin) ?? 0) + 1);
      let isWaiting = true;
      return () => {
        if (!isWaiting) return;
        isWaiting = false;
        const left = (waiting.get(origin) ?? 1) - 1;
        if (left > 0) {
          waiting.set(origin, left);
        } else {
          waiting.delete(origin);
          destroy(origin);
        }
      };
    },
    destroyAll() {
      for (const origin of connecting.keys()) destroy(origin);
    },
  };
}
