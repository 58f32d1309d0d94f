import { isModelkeepError } from '@modelkeep/core';
import type { HttpAnswer, HttpResult } from '../client/http-answer.ts';
import { bodyError, readBody, type ReadBodyOptions } from './read-body.ts';

const MAX_ERROR_BYTES = 65_536;

/** What a body is read as. */
export type BodyKind = 'json' | 'text';

/** An answer with its whole body. */
export interface ReadAnswer extends HttpAnswer {
  /** Empty where the body of a failure could not be read. */
  readonly bytes: Uint8Array;
  /** The text, or what the JSON holds: a value of its own for each call, which the caller may change. */
  readonly value: () => unknown;
}

/**
 * Reads an answer's body. As JSON, a 2xx answer must be JSON; the status of any other is what counts, and its body is
 * read where it is short, whole and JSON, else its value is undefined.
 *
 * @throws `network.body`
 */
export async function readAnswer(kind: BodyKind, result: HttpResult, options: ReadBodyOptions): Promise<ReadAnswer> {
  const { status, headers, url, hops } = result;
  const answer = { status, headers, url, hops };
  const isSuccess = status >= 200 && status < 300;
  if (kind === 'text') {
    const bytes = await readBody(result, options);
    return { ...answer, bytes, value: () => decodeText(bytes) };
  }
  if (!isSuccess) return { ...answer, ...(await readFailure(result, options)) };
  const contentType = headers['content-type'] ?? '';
  if (!isJsonType(contentType)) {
    await result.body[Symbol.asyncIterator]().return?.();
    throw bodyError(url, 'content-type', contentType.slice(0, 80));
  }
  const bytes = await readBody(result, options);
  return { ...answer, bytes, value: jsonValue(bytes, url) };
}

/**
 * Parses JSON at once, and again with each call but the first.
 *
 * @throws `network.body`
 */
export function jsonValue(bytes: Uint8Array, url: string): () => unknown {
  let first: { readonly value: unknown } | undefined = { value: parse(url, bytes) };
  return () => {
    const { value } = first ?? { value: parse(url, bytes) };
    first = undefined;
    return value;
  };
}

/** Reads bytes as UTF-8; what is not UTF-8 is replaced. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

async function readFailure(result: HttpResult, options: ReadBodyOptions): Promise<Pick<ReadAnswer, 'bytes' | 'value'>> {
  try {
    const bytes = await readBody(result, { ...options, maxBytes: Math.min(options.maxBytes, MAX_ERROR_BYTES) });
    const isJson = isJsonType(result.headers['content-type'] ?? '');
    return { bytes, value: isJson ? jsonValue(bytes, result.url) : () => undefined };
  } catch (error) {
    if (!isModelkeepError(error) || !error.code.startsWith('network.')) throw error;
    return { bytes: new Uint8Array(), value: () => undefined };
  }
}

/** `application/json` and the `+json` family, whatever the parameters. */
function isJsonType(contentType: string): boolean {
  return /^application\/(?:[a-z0-9.-]{1,64}\+)?json$/i.test(contentType.split(';', 1)[0]?.trim() ?? '');
}

function parse(url: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    // The parser's message quotes the body, which belongs in no error.
    throw bodyError(url, 'invalid-json', `${bytes.byteLength} bytes`);
  }
}
