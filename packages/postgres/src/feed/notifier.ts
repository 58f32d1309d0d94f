import { systemClock } from '@modelkeep/core';
import type { PostgresConnection } from '../connection/postgres-connection.ts';

/** @internal Tells the others that something was written. */
export interface Notifier {
  /** After the commit. Returns at once; what comes while one is under way is told together. */
  tell(): void;
  /** Waits for what is under way. */
  settle(): Promise<void>;
}

/** Between two notifications: who is woken reads all that happened. */
const QUIET_MS = 20;

/**
 * @internal A notification within the transaction of a write would make all commits of the database wait for each other,
 * so it follows the commit. Should this process end between the two, the others find the change when they next look.
 */
export function createNotifier({ pool }: PostgresConnection, channel: string): Notifier {
  let quietUntilMs = 0;
  let isDue = false;
  let running: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    while (isDue) {
      const waitMs = quietUntilMs - systemClock.monotonicMs();
      if (waitMs > 0) await systemClock.sleep(waitMs);
      quietUntilMs = systemClock.monotonicMs() + QUIET_MS;
      isDue = false;
      // Without a connection nobody listens either; they look when they are connected again.
      await pool.query('select pg_notify($1, $2)', [channel, '']).catch(() => {});
    }
    running = null;
  };
  return {
    tell() {
      isDue = true;
      running ??= run();
    },
    settle: async () => {
      await running;
    },
  };
}
