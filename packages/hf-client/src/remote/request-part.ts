import type { EndpointClass, HttpClient, HttpResult } from '@modelkeep/network';

/** Which bytes: `[startBytes, endBytes)`. */
export interface ByteSpan {
  readonly startBytes: number;
  readonly endBytes: number;
}

/** What {@link requestPart} sends. */
export interface PartRequest {
  readonly http: HttpClient;
  readonly url: string;
  readonly span: ByteSpan;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The URLs whose redirects led to `url` before: it gets no more than they would give it. */
  readonly redirectedFrom?: readonly string[] | undefined;
  /** A strong ETag: the part is wanted only while the file still has it. */
  readonly ifRange?: string | undefined;
  readonly endpointClass: EndpointClass;
  readonly signal: AbortSignal;
}

/** An answer to a ranged request, and the way to be done with it. */
export interface PartAnswer extends HttpResult {
  /** Frees the connection, whatever was read of the body. */
  discard(): void;
}

/** Asks for one part, redirects followed. */
export async function requestPart(request: PartRequest): Promise<PartAnswer> {
  const { http, url, redirectedFrom, span, headers, ifRange, endpointClass, signal } = request;
  const done = new AbortController();
  const result = await http.request({
    url,
    redirectedFrom,
    headers: {
      ...headers,
      range: `bytes=${span.startBytes}-${span.endBytes - 1}`,
      ...(ifRange === undefined ? {} : { 'if-range': ifRange }),
    },
    endpointClass,
    signal: AbortSignal.any([signal, done.signal]),
  });
  return { ...result, discard: () => done.abort() };
}

/**
 * Bytes of a body up to `limit`; fewer where it ends before. The end is read too, so that the connection stays usable;
 * of what comes after the limit nothing is.
 */
export async function* readUpTo(body: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array, void> {
  let left = limit;
  for await (const chunk of body) {
    if (left === 0 && chunk.length > 0) return;
    yield chunk.length > left ? chunk.subarray(0, left) : chunk;
    left -= Math.min(left, chunk.length);
  }
}
