import { isModelkeepError } from '@modelkeep/core';
import type { CallOptions, WorkerLease, WorkerPool } from '@modelkeep/workers';
import type { OpenInput } from './worker/open-connection.ts';
import type { OpenOutput } from './worker/tasks.ts';

interface Session {
  readonly lease: WorkerLease;
  readonly opened: OpenOutput;
}

/** @internal One connection of a database: opened when it is first used, and again after its worker died. */
export interface DatabaseRole {
  open(signal?: AbortSignal): Promise<OpenOutput>;
  call<Output>(task: string, input: object, options: CallOptions): Promise<Output>;
  close(): Promise<void>;
}

/** @internal */
export function createDatabaseRole(pool: WorkerPool, input: OpenInput): DatabaseRole {
  let session: Promise<Session> | undefined;

  const start = async (signal: AbortSignal | undefined): Promise<Session> => {
    const lease = pool.lease();
    try {
      return { lease, opened: await lease.run<OpenOutput>('open', input, { signal }) };
    } catch (error) {
      lease.release();
      throw error;
    }
  };
  const forget = (ended: Promise<Session>): void => {
    if (session === ended) session = undefined;
  };
  // A caller that gives up does not take the opening away from the others: only the first open passes its signal on.
  const connect = (signal?: AbortSignal): Promise<Session> => {
    const starting = (session ??= start(signal));
    starting.catch(() => forget(starting));
    return starting;
  };

  return {
    open: async (signal) => (await connect(signal)).opened,
    async call<Output>(task: string, callInput: object, options: CallOptions) {
      const connecting = connect();
      const { lease, opened } = await connecting;
      try {
        return await lease.run<Output>(task, { ...callInput, connectionId: opened.connectionId }, options);
      } catch (error) {
        if (isModelkeepError(error, 'workers.died')) {
          lease.release();
          forget(connecting);
        }
        throw error;
      }
    },
    async close() {
      const closing = session;
      if (closing === undefined) return;
      session = undefined;
      const { lease, opened } = await closing;
      try {
        await lease.run('close', { connectionId: opened.connectionId });
      } catch (error) {
        // The connection died with its worker: there is nothing left to close.
        if (!isModelkeepError(error, 'workers.died')) throw error;
      } finally {
        lease.release();
      }
    },
  };
}
