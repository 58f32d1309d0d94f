import { ModelkeepError, serialiseError, type Logger } from '@modelkeep/core';
import type { StateChangePage, StateChangesOptions, StateSubscription } from './ports/state-changes.ts';

/** For engines: who follows the changes. */
export interface Subscriptions {
  changes(options?: StateChangesOptions): AsyncIterable<StateChangePage>;
  subscribe(listener: (page: StateChangePage) => void, options?: StateSubscription): () => void;
  /** Ends all of them: iterations with `core.closed`. */
  close(): Promise<void>;
}

/** For engines: the ways to follow, over a feed that ends with the reason of its signal. */
export function createSubscriptions(
  follow: (options: Omit<StateChangesOptions, 'signal'>, signal: AbortSignal) => AsyncIterable<StateChangePage>,
  logger: Logger,
): Subscriptions {
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  const changes: Subscriptions['changes'] = ({ signal, ...options } = {}) =>
    follow(options, signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]));

  const run = async (
    listener: (page: StateChangePage) => void,
    { onError, ...options }: StateSubscription,
    signal: AbortSignal,
  ): Promise<void> => {
    try {
      for await (const page of changes({ ...options, signal })) {
        try {
          listener(page);
        } catch {
          // Whoever only listens must not end the feed.
        }
      }
    } catch (error) {
      if (signal.aborted || closing.signal.aborted) return;
      if (onError === undefined)
        logger.warn('the changes cannot be followed', { error: serialiseError(error).message });
      else onError(error);
    }
  };
  return {
    changes,
    subscribe(listener, options = {}) {
      const ended = new AbortController();
      const following = run(listener, options, ended.signal).finally(() => running.delete(following));
      running.add(following);
      return () => ended.abort();
    },
    async close() {
      closing.abort(
        new ModelkeepError('core.closed', {
          message: 'the shared state is closed',
          facts: { resource: 'shared state' },
        }),
      );
      await Promise.all(running);
    },
  };
}
