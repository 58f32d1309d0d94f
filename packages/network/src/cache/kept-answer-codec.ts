import { isPlainHeader } from '../headers/check-headers.ts';
import type { KeptAnswer } from './kept-answer.ts';

const VERSION = 1;
const MAX_HEAD_BYTES = 65_536;
const LINE_FEED = 10;

/** An answer as bytes: a line of JSON, then the body. */
export function encodeKeptAnswer({ url, answerUrl, headers, bytes, confirmedAtMs }: KeptAnswer): Uint8Array {
  const head = { version: VERSION, url, answerUrl, headers, confirmedAtMs, bodyBytes: bytes.byteLength };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), bytes]);
}

/**
 * Reads what {@link encodeKeptAnswer} wrote. A store may have been written by anybody: what is not exactly of this form,
 * or belongs to another URL, is null.
 *
 * @param url - the URL that is asked
 */
export function decodeKeptAnswer(encoded: Uint8Array, url: URL): KeptAnswer | null {
  const end = encoded.subarray(0, MAX_HEAD_BYTES).indexOf(LINE_FEED);
  if (end === -1) return null;
  const head = parseHead(encoded.subarray(0, end));
  const bytes = encoded.subarray(end + 1);
  if (head === null || head['version'] !== VERSION || head['bodyBytes'] !== bytes.byteLength) return null;
  const { url: askedUrl, answerUrl, confirmedAtMs } = head;
  if (askedUrl !== url.href || typeof answerUrl !== 'string' || !URL.canParse(answerUrl)) return null;
  if (new URL(answerUrl).origin !== url.origin) return null;
  if (typeof confirmedAtMs !== 'number' || !Number.isFinite(confirmedAtMs)) return null;
  const headers = headersOf(head['headers']);
  return headers === null ? null : { url: askedUrl, answerUrl, headers, bytes, confirmedAtMs };
}

function parseHead(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const head: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof head === 'object' && head !== null ? { ...head } : null;
  } catch {
    // Not UTF-8 or not JSON: not written by us.
    return null;
  }
}

function headersOf(found: unknown): Record<string, string> | null {
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return null;
  const headers = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(found)) {
    if (name !== name.toLowerCase() || typeof value !== 'string' || !isPlainHeader(name, value)) return null;
    headers[name] = value;
  }
  return headers;
}
