import { request as startHttpRequest, type ClientRequest, type RequestOptions } from 'node:http';
import { request as startHttpsRequest, type RequestOptions as TlsRequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { startConnecting, type Connector } from '../transport/connector.ts';
import type { SocketOptions } from '../transport/socket-options.ts';
import type { Proxy } from './parse-proxy.ts';
import { ProxyProblem } from './proxy-problem.ts';

/** What {@link tunnelConnector} works with. */
export interface TunnelOptions {
  readonly proxy: Proxy;
  /** How the proxy is connected to. */
  readonly socket: SocketOptions;
  /** Speaks TLS with the target over the tunnel. */
  readonly secure: buildConnector.connector;
}

/**
 * Connects to https targets through a proxy, by CONNECT. One attempt is one request of its own, so that it can be ended
 * at any point; undici's ProxyAgent shares a client for that, whose attempts go on when nobody waits for them any more.
 */
export function tunnelConnector({ proxy, socket, secure }: TunnelOptions): Connector {
  return (target, callback) => {
    let securing: Socket | undefined;
    const fail = (problem: { readonly status?: number; readonly cause?: unknown }): void =>
      callback(new ProxyProblem(proxy, problem), null);
    const request = openTunnel(proxy, socket, authorityOf(target));
    request.once('connect', (response, tunnel: Socket, head: Buffer) => {
      const { statusCode: status = 0 } = response;
      if (status !== 200) {
        tunnel.destroy();
        fail({ status });
        return;
      }
      if (head.byteLength > 0) tunnel.unshift(head);
      securing = startConnecting(secure, { ...target, httpSocket: tunnel }, callback);
    });
    request.once('error', (cause) => fail({ cause }));
    request.end();
    return {
      destroy(error) {
        if (securing === undefined) request.destroy(error);
        else securing.destroy(error);
      },
    };
  };
}

function openTunnel(proxy: Proxy, socket: SocketOptions, authority: string): ClientRequest {
  const options: RequestOptions & TlsRequestOptions = {
    ...socket,
    method: 'CONNECT',
    host: proxy.hostname,
    // Otherwise node:https takes it from the host header, which names the target.
    servername: proxy.servername,
    port: proxy.port,
    path: authority,
    agent: false,
    headers: {
      host: authority,
      ...(proxy.authorization === undefined ? {} : { 'proxy-authorization': proxy.authorization }),
    },
  };
  return proxy.protocol === 'https:' ? startHttpsRequest(options) : startHttpRequest(options);
}

function authorityOf({ hostname, port }: buildConnector.Options): string {
  return `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port === '' ? '443' : port}`;
}
