import { Socket } from 'node:net';
import type { buildConnector } from 'undici';

/** Knows which sockets are being connected and who waits for them, so that nobody's connection attempt lingers. */
export interface ConnectionTracker {
  /** Connects through `connect` and watches the socket until it is connected. */
  watch(connect: buildConnector.connector): buildConnector.connector;
  /** A request begins to wait for a connection to this origin; the returned function ends that. */
  wait(origin: string): () => void;
  /** Destroys every socket that is not connected yet. */
  destroyAll(): void;
}

/**
 * undici keeps connecting for a request that was aborted meanwhile. When nobody waits for an origin any more, its
 * unfinished sockets are destroyed here.
 */
export function createConnectionTracker(): ConnectionTracker {
  const connecting = new Map<string, Set<Socket>>();
  const waiting = new Map<string, number>();

  const destroy = (origin: string): void => {
    for (const socket of connecting.get(origin) ?? []) socket.destroy(new Error('Nobody waits for this connection'));
  };
  const forget = (origin: string, socket: Socket): void => {
    const sockets = connecting.get(origin);
    sockets?.delete(socket);
    if (sockets?.size === 0) connecting.delete(origin);
  };

  return {
    watch: (connect) => (options, callback) => {
      const origin = `${options.protocol}//${options.host ?? ''}`;
      const socket: unknown = connect(options, (...result) => {
        if (socket instanceof Socket) forget(origin, socket);
        callback(...result);
      });
      if (!(socket instanceof Socket)) return;
      const sockets = connecting.get(origin) ?? new Set();
      connecting.set(origin, sockets.add(socket));
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
