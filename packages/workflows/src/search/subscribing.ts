import type { Logger } from '@modelkeep/core';
import type { ChangesOptions, LibraryChanges } from './search-options.ts';

/** @internal Listeners beside a feed: each has an iteration of its own. */
export function createSubscribing(
  changes: (options: ChangesOptions) => AsyncIterable<LibraryChanges>,
  logger: Logger,
): (listener: (changes: LibraryChanges) => void, options?: ChangesOptions) => () => void {
  return (listener, { since, signal } = {}) => {
    const ending = new AbortController();
    const ended = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]);
    const follow = async (): Promise<void> => {
      for await (const page of changes({ since, signal: ended })) {
        if (ended.aborted) return;
        try {
          listener(page);
        } catch (error) {
          logger.warn('a listener of the changes has thrown', { error: String(error) });
        }
      }
    };
    follow().catch((error: unknown) =>
      logger.error('the changes of the library cannot be followed', { error: String(error) }),
    );
    return () => ending.abort();
  };
}
