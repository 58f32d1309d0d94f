import { ModelkeepError } from '@modelkeep/core';
import type { JobStore } from '@modelkeep/jobs';
import { startListener, type Listener } from '../feed/listener.ts';
import { createNotifier } from '../feed/notifier.ts';
import type { JobsContext } from './jobs-context.ts';
import { postgresJobs } from './postgres-jobs.ts';

/** @internal Jobs on a connection of another, who ends it after they were closed. They have a channel of their own. */
export function openPostgresJobs(context: Omit<JobsContext, 'tell' | 'listener' | 'ends'>, channel: string): JobStore {
  const { connection } = context;
  const notifier = createNotifier(connection, channel);
  const ends = new AbortController();
  let listening: Listener | null = null;
  const listener = (): Listener => {
    ends.signal.throwIfAborted();
    return (listening ??= startListener(connection, channel));
  };
  let closing: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    ends.abort(closed(connection.url));
    await notifier.settle();
    await listening?.close();
  };
  const tell = (): void => notifier.tell();
  return postgresJobs({ ...context, tell, listener, ends: ends.signal }, () => (closing ??= end()));
}

function closed(url: string): ModelkeepError {
  return new ModelkeepError('core.closed', { message: `the jobs in ${url} were closed`, facts: { resource: url } });
}
