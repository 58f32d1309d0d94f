import { on } from 'node:events';
import type { ElectronResponse } from './electron-net.ts';

/** What {@link electronBody} works with. */
export interface ElectronBodyOptions {
  readonly response: ElectronResponse;
  /** Longest wait for a chunk, in milliseconds; 0 means no limit. */
  readonly idleTimeoutMs: number;
  readonly onIdle: () => void;
  /** The reader has gone, or the body is over. */
  readonly onOver: () => void;
  /** Why the exchange was ended from our side, if it was. */
  readonly endedBy: () => { readonly error: unknown } | undefined;
  /** Types an error of the network stack, or the lack of an end. */
  readonly toError: (cause: unknown) => unknown;
}

/**
 * The body of an answer. At most 64 chunks are buffered: then the stream is paused, and with it Chromium, which hands
 * over the next chunk when it is asked for it.
 */
export function electronBody(options: ElectronBodyOptions): AsyncIterableIterator<Uint8Array, undefined> {
  const { response } = options;
  let isComplete = false;
  let isOver = false;
  response.once('end', () => {
    isComplete = true;
  });
  // From here on the stream flows; were there no listener now, an early error would be an uncaught one.
  const events = on(response, 'data', { close: ['end', 'close'], highWaterMark: 64, lowWaterMark: 16 });
  const finish = (): void => {
    isOver = true;
    options.onOver();
  };
  /** Ends with the reason of our side where there is one. */
  const fail = (cause: unknown): never => {
    finish();
    throw (options.endedBy() ?? { error: options.toError(cause) }).error;
  };
  const body: AsyncIterableIterator<Uint8Array, undefined> = {
    async next() {
      if (isOver) return { done: true, value: undefined };
      if (options.endedBy() !== undefined) fail(undefined);
      const idle = options.idleTimeoutMs > 0 ? setTimeout(options.onIdle, options.idleTimeoutMs) : undefined;
      const { done, value } = await events
        .next()
        .catch(fail)
        .finally(() => clearTimeout(idle));
      if (options.endedBy() !== undefined) fail(undefined);
      if (done !== true) return { done: false, value: value[0] as Uint8Array };
      if (!isComplete) fail(undefined);
      finish();
      return { done: true, value: undefined };
    },
    async return() {
      if (!isOver) finish();
      await events.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => body,
  };
  return body;
}
