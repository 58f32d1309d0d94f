import type { IncomingHttpHeaders } from 'node:http';

/** The two servers of a hub. */
export type HubOrigin = 'hub' | 'cdn';

/** One request as it arrived, and what became of it. */
export interface RequestRecord {
  readonly origin: HubOrigin;
  readonly method: string;
  /** The path as sent, still percent-encoded, without the query. */
  readonly path: string;
  /** The path and the query as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** `null` until an answer starts, and for ever when a fault stops it before the status line. */
  readonly status: number | null;
  /** Body bytes that were handed to the socket so far. */
  readonly bytesSent: number;
  /** When the request arrived, in milliseconds since 1970. */
  readonly atMs: number;
  /** The kind of the fault that struck this request. */
  readonly fault: string | null;
}

/** A record that the server still fills. */
export type OpenRecord = { -readonly [Key in keyof RequestRecord]: RequestRecord[Key] };

/** All requests of both servers in the order of arrival. */
export interface RequestLog {
  readonly records: readonly RequestRecord[];
  add(record: OpenRecord): void;
  reset(): void;
}

/** Makes an empty log. */
export function createRequestLog(): RequestLog {
  const records: OpenRecord[] = [];
  return {
    records,
    add: (record) => void records.push(record),
    reset: () => void records.splice(0),
  };
}
