import type { buildConnector } from 'undici';
import { startConnecting, type Connector } from '../transport/connector.ts';
import type { Proxy } from './parse-proxy.ts';
import { ProxyProblem } from './proxy-problem.ts';

/** Connects to a proxy itself, for requests that it forwards. */
export function proxyConnector(proxy: Proxy, connect: buildConnector.connector): Connector {
  // undici takes the name for TLS from the host header, which names the target.
  const { servername } = proxy;
  return (options, callback) =>
    startConnecting(connect, { ...options, servername }, (...result) => {
      const [cause] = result;
      if (cause === null) callback(...result);
      else callback(new ProxyProblem(proxy, { cause }), null);
    });
}
