import type { BodySource } from '../content/body-source.ts';
import type { ByteRange } from './byte-range.ts';

/** The bytes of an answer. */
export interface AnswerBody {
  /** `null` when it is not known before the end. */
  readonly sizeBytes: number | null;
  chunks(): AsyncIterable<Uint8Array>;
}

/** How the end of a body is told: by Content-Length, by the last chunk, or by the end of the connection. */
export type Framing = 'length' | 'chunked' | 'close';

/** Where a faulty answer stops, and how. */
export interface AnswerCut {
  /** Body bytes that are sent before; `'headers'` stops before the status line. */
  readonly at: number | 'headers';
  /** `reset` sends a TCP RST, `end` closes orderly, `stall` keeps the connection and says nothing. */
  readonly how: 'reset' | 'end' | 'stall';
}

/** The file that an answer comes from. */
export interface ServedFile {
  readonly source: BodySource;
  readonly etag: string;
  /** The headers that do not depend on the range. */
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer as plain data: handlers make it, faults change it, the sender writes it. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. `content-length` is added from the body unless it is given. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AnswerBody | null;
  /** @default 'length', or 'chunked' for a body of unknown size */
  readonly framing?: Framing;
  readonly cut?: AnswerCut;
  readonly bytesPerSecond?: number;
  readonly file?: ServedFile;
  /** The part of the file that is sent; absent when it is the whole. */
  readonly range?: ByteRange;
}

/** A body from bytes in memory. */
export function bodyOf(bytes: Uint8Array): AnswerBody {
  return {
    sizeBytes: bytes.length,
    async *chunks() {
      yield bytes;
    },
  };
}

/** An answer with a text. */
export function textAnswer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
    body: bodyOf(Buffer.from(text)),
  };
}

/** An answer with a JSON document. */
export function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return textAnswer(status, JSON.stringify(value), { 'content-type': 'application/json; charset=utf-8', ...headers });
}

/** A redirect; its small body has a Content-Length that is not the file's. */
export function redirectAnswer(
  status: 302 | 307,
  location: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const reason = status === 302 ? 'Found' : 'Temporary Redirect';
  return textAnswer(status, `${reason}. Redirecting to ${location}`, { location, ...headers });
}
