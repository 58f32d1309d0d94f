import { Socket } from 'node:net';
import type { buildConnector } from 'undici';

/** A connection that is being made. */
export interface ConnectionAttempt {
  /** Ends the attempt; its callback gets the error. */
  destroy(error: Error): void;
}

/** What makes connections for undici, and can be told to stop. */
export type Connector = (options: buildConnector.Options, callback: buildConnector.Callback) => ConnectionAttempt;

/** Runs a connector of undici: its types leave out that it returns the socket. */
export function startConnecting(
  connect: buildConnector.connector,
  options: buildConnector.Options,
  callback: buildConnector.Callback,
): Socket {
  const started: unknown = connect(options, callback);
  if (started instanceof Socket) return started;
  throw new TypeError('The connector of undici has returned no socket');
}
