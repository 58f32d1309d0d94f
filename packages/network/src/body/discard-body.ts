const MAX_DISCARD_BYTES = 65_536;
const MAX_DISCARD_MS = 250;

/**
 * Gets rid of a body that nobody wants. A short one that is here or nearly so is read, so that the connection can be
 * used again; anything else costs the connection. Never throws and takes at most a quarter of a second.
 */
export async function discardBody(body: AsyncIterable<Uint8Array>): Promise<void> {
  const iterator = body[Symbol.asyncIterator]();
  const { promise: timeIsUp, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), MAX_DISCARD_MS);
  try {
    for (let bytes = 0; bytes <= MAX_DISCARD_BYTES;) {
      const result = await Promise.race([iterator.next(), timeIsUp]);
      if (result === undefined || result.done === true) break;
      bytes += result.value.byteLength;
    }
  } catch {
    // A body that breaks while it is thrown away is gone all the same.
  } finally {
    clearTimeout(timer);
    // Not awaited: the return() of a generator waits until its pending read settles.
    iterator.return?.()?.catch(() => {});
  }
}
