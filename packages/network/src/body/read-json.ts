import { isModelkeepError } from '@modelkeep/core';
import type { HttpResult } from '../client/http-client.ts';
import { bodyError, readBody, type ReadBodyOptions } from './read-body.ts';

const MAX_ERROR_BYTES = 65_536;

/**
 * Reads an answer's JSON. A 2xx answer must be JSON. The status of any other is what counts: its body is read where it
 * is short, whole and JSON, and is undefined otherwise.
 *
 * @throws `network.body`
 */
export async function readJson(result: HttpResult, options: ReadBodyOptions): Promise<unknown> {
  const isSuccess = result.status >= 200 && result.status < 300;
  if (!isSuccess) return readJsonOfFailure(result, options);
  const contentType = result.headers['content-type'] ?? '';
  if (!isJsonType(contentType)) {
    await result.body[Symbol.asyncIterator]().return?.();
    throw bodyError(result.url, 'content-type', contentType.slice(0, 80));
  }
  return parse(result.url, await readBody(result, options));
}

async function readJsonOfFailure(result: HttpResult, options: ReadBodyOptions): Promise<unknown> {
  try {
    const bytes = await readBody(result, { ...options, maxBytes: Math.min(options.maxBytes, MAX_ERROR_BYTES) });
    return isJsonType(result.headers['content-type'] ?? '') ? parse(result.url, bytes) : undefined;
  } catch (error) {
    if (isModelkeepError(error) && error.code.startsWith('network.')) return undefined;
    throw error;
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
