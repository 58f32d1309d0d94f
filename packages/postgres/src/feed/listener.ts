import { createOutage } from '@modelkeep/core';
import type { PoolClient } from 'pg';
import type { PostgresConnection } from '../connection/postgres-connection.ts';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/** @internal Wakes who waits for changes. */
export interface Listener {
  /** Whether notifications come now. */
  readonly isConnected: boolean;
  /** Resolves with the next notification, when the connection is there again, or on closing. Ask before you read. */
  nextWake(): Promise<void>;
  close(): Promise<void>;
}

/** @internal Listens on a connection of its own, which is made again when it is cut. */
export function startListener({ pool, logger, url }: PostgresConnection, channel: string): Listener {
  const outage = createOutage({
    logger,
    message: 'changes are looked for, and not told, for now',
    over: 'changes are told again',
    facts: { url },
  });
  let waiting = Promise.withResolvers<void>();
  let client: PoolClient | null = null;
  let timer: NodeJS.Timeout | undefined;
  let waitMs = FIRST_WAIT_MS;
  let isClosed = false;
  const wake = (): void => {
    const woken = waiting;
    waiting = Promise.withResolvers<void>();
    woken.resolve();
  };
  const lose = (lost: PoolClient, error: Error): void => {
    if (client !== lost) return;
    client = null;
    lost.release(error);
    later();
  };
  const later = (): void => {
    if (isClosed) return;
    timer = setTimeout(() => void (connecting = connect()), waitMs);
    // An app that does nothing else may end.
    timer.unref();
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  };
  const connect = async (): Promise<void> => {
    let made: PoolClient | null = null;
    try {
      made = await pool.connect();
      const mine = made;
      made.on('notification', wake);
      made.on('error', (error) => lose(mine, error));
      made.on('end', () => lose(mine, new Error('the connection has ended')));
      await made.query(`listen "${channel}"`);
      if (isClosed) return made.release(true);
      client = made;
      outage.answered(channel);
      waitMs = FIRST_WAIT_MS;
      wake();
    } catch (error) {
      made?.release(true);
      outage.failed(channel, String(error));
      later();
    }
  };
  let connecting = connect();
  return {
    get isConnected() {
      return client !== null;
    },
    nextWake: () => waiting.promise,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await connecting;
      // Of a caller's pool it must not go back listening.
      client?.release(true);
      client = null;
      wake();
    },
  };
}
