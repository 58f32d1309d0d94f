import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One request to answer; `signal` is aborted when the client is gone. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
}

/** A listening server of plain HTTP. */
export interface OriginServer {
  readonly url: string;
  readonly port: number;
  /** Destroys every connection; returns when no handler runs any more. */
  close(): Promise<void>;
}

/** How a server is started. */
export interface StartServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly handle: (exchange: Exchange) => Promise<void>;
}

/** The address as a URL writes it: an IPv6 one is bracketed. */
export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Starts a server on a port. Rejects with the system's error when the port is taken. */
export async function startServer(options: StartServerOptions): Promise<OriginServer> {
  const sockets = new Set<Socket>();
  const running = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const left = new AbortController();
    response.once('close', () => left.abort());
    // a write between the break of a connection and its close event; the close event follows
    response.on('error', () => left.abort());
    const handled = options.handle({ request, response, signal: left.signal });
    running.add(handled);
    void handled.finally(() => running.delete(handled));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${hostInUrl(options.host)}:${port}`,
    port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      await Promise.allSettled(running);
    },
  };
}
