import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { startConnecting, type Connector } from '../transport/connector.ts';
import { BlockedTarget } from './blocked-error.ts';
import { judgeAddress } from './judge-address.ts';

/**
 * Judges who has been connected to: before TLS says its first word, and once more before the connection is used. What
 * the look-up gives is judged by the guarded look-up that `connect` is made with, a literal before there is a
 * connection at all.
 */
export function guardConnector(connect: buildConnector.connector): Connector {
  return (options, callback) => {
    const socket = startConnecting(connect, options, (...result) => {
      const [error, connected] = result;
      const problem = error === null ? judgePeer(connected) : undefined;
      if (problem === undefined) {
        callback(...result);
        return;
      }
      connected?.destroy();
      callback(problem, null);
    });
    socket.prependOnceListener('connect', () => {
      const problem = judgePeer(socket);
      if (problem !== undefined) socket.destroy(problem);
    });
    return socket;
  };
}

/** A socket that has lost its connection has no address, and reaches nobody. */
function judgePeer(socket: Socket | null): BlockedTarget | undefined {
  const remoteAddress = socket?.remoteAddress;
  if (remoteAddress === undefined) return undefined;
  const reason = judgeAddress(remoteAddress);
  return reason === undefined ? undefined : new BlockedTarget({ address: remoteAddress, reason });
}
