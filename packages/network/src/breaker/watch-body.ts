import type { BodyEnd, HttpResponse } from '@modelkeep/core';

/** What {@link watchBody} gives. */
export interface WatchedBody {
  readonly body: AsyncIterable<Uint8Array>;
  readonly ended: Promise<BodyEnd>;
}

/** A body whose end is told: by its transport, or else by looking at each chunk on its way to the reader. */
export function watchBody(response: HttpResponse): WatchedBody {
  const { body, ended } = response;
  if (ended !== undefined) return { body, ended };
  const watched = Promise.withResolvers<BodyEnd>();
  const iterator = body[Symbol.asyncIterator]();
  const watching: AsyncIterableIterator<Uint8Array> = {
    async next() {
      try {
        const result = await iterator.next();
        if (result.done === true) watched.resolve({ kind: 'complete' });
        return result;
      } catch (error) {
        watched.resolve({ kind: 'failed', error });
        throw error;
      }
    },
    async return() {
      watched.resolve({ kind: 'left' });
      return (await iterator.return?.()) ?? { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => watching,
  };
  return { body: watching, ended: watched.promise };
}
