const HIGH_WATER_BYTES = 65_536;
const LOW_WATER_BYTES = 16_384;
/** A server may send a byte at a time, and each chunk takes more than its bytes. */
const HIGH_WATER_CHUNKS = 1_024;
const LOW_WATER_CHUNKS = 256;

/** How a body queue talks to its connection. */
export interface BodyQueueHooks {
  /** Enough is buffered: stop reading from the socket. */
  pause(): void;
  /** There is room again. */
  resume(): void;
  /** The reader gave up before the end: let go of the connection. */
  release(): void;
  /** A chunk that nobody will read. */
  readonly drop?: ((chunk: Uint8Array) => void) | undefined;
}

/** Chunks on their way from a socket that pushes to a reader that pulls. */
export interface BodyQueue {
  readonly body: AsyncIterable<Uint8Array>;
  /** Whether more is buffered than the reader has come to. */
  readonly isPaused: boolean;
  readonly push: (chunk: Uint8Array) => void;
  end(): void;
  /** Ends with an error, after the chunks that came before it. */
  fail(error: unknown): void;
  /** Ends with an error at once; what is buffered is dropped. */
  abort(reason: unknown): void;
}

interface Reader {
  resolve(result: IteratorResult<Uint8Array, undefined>): void;
  reject(error: unknown): void;
}

const DONE: IteratorResult<Uint8Array, undefined> = { done: true, value: undefined };

/** A queue for one body. The body can be read once. */
export function createBodyQueue(hooks: BodyQueueHooks): BodyQueue {
  const chunks: Uint8Array[] = [];
  const readers: Reader[] = [];
  let bufferedBytes = 0;
  let isPaused = false;
  let end: { readonly error?: unknown; readonly failed: boolean } | undefined;

  const isFull = (): boolean => bufferedBytes >= HIGH_WATER_BYTES || chunks.length >= HIGH_WATER_CHUNKS;
  const isLow = (): boolean => bufferedBytes <= LOW_WATER_BYTES && chunks.length <= LOW_WATER_CHUNKS;
  const settleReaders = (): void => {
    for (const reader of readers.splice(0)) {
      if (end?.failed === true) {
        reader.reject(end.error);
        end = { failed: false };
      } else {
        reader.resolve(DONE);
      }
    }
  };
  const finish = (ending: { error?: unknown; failed: boolean }): void => {
    if (end !== undefined) return;
    end = ending;
    settleReaders();
  };
  const drop = (): void => {
    for (const chunk of chunks.splice(0)) hooks.drop?.(chunk);
    bufferedBytes = 0;
  };

  const iterator: AsyncIterableIterator<Uint8Array, undefined> = {
    next() {
      const chunk = chunks.shift();
      if (chunk !== undefined) {
        bufferedBytes -= chunk.byteLength;
        if (isPaused && end === undefined && isLow()) {
          isPaused = false;
          hooks.resume();
        }
        return Promise.resolve({ done: false, value: chunk });
      }
      return new Promise((resolve, reject) => {
        readers.push({ resolve, reject });
        if (end !== undefined) settleReaders();
      });
    },
    return() {
      const wasOpen = end === undefined;
      finish({ failed: false });
      end = { failed: false };
      drop();
      if (wasOpen) hooks.release();
      return Promise.resolve(DONE);
    },
    [Symbol.asyncIterator]() {
      return iterator;
    },
  };

  return {
    body: iterator,
    get isPaused() {
      return isPaused;
    },
    push(chunk) {
      if (end !== undefined) {
        hooks.drop?.(chunk);
        return;
      }
      const reader = readers.shift();
      if (reader !== undefined) {
        reader.resolve({ done: false, value: chunk });
        return;
      }
      chunks.push(chunk);
      bufferedBytes += chunk.byteLength;
      if (!isPaused && isFull()) {
        isPaused = true;
        hooks.pause();
      }
    },
    end() {
      finish({ failed: false });
    },
    fail(error) {
      finish({ error, failed: true });
    },
    abort(reason) {
      if (end !== undefined) return;
      drop();
      finish({ error: reason, failed: true });
    },
  };
}
