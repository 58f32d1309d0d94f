import type { HubOrigin } from '../hub/http/request-log.ts';

/** Which requests a fault strikes; everything that is given must fit. */
export interface FaultTrigger {
  readonly origin?: HubOrigin;
  /** `GET`, `HEAD` or `POST`. @default any */
  readonly method?: string;
  /**
   * A text that the path with its query contains, or an expression that finds something in it. Both the raw
   * and the decoded form are looked at. On the CDN only the query has the file's name, without its folders.
   */
  readonly pathPattern?: RegExp | string;
  /** Strikes from this fitting request on, counted from 1. @default 1 */
  readonly nth?: number;
  /** How many requests are struck. @default 1, endless for `redirect-loop` and `change-etag` */
  readonly times?: number;
}

/** Faults of the connection and of the body's length. Offsets count the bytes of this one body. */
export type BodyFault =
  /** TCP reset. The client has read at most `afterBytes`. */
  | { readonly kind: 'reset'; readonly afterBytes: number }
  | { readonly kind: 'reset-before-headers' }
  /** Silence on an open connection, until the client leaves. */
  | { readonly kind: 'stall'; readonly afterBytes: number }
  | { readonly kind: 'stall-before-headers' }
  /** An orderly close too early. `framing` is how the end of the body would have been told. @default 'length' */
  | { readonly kind: 'truncate'; readonly afterBytes: number; readonly framing?: 'length' | 'chunked' | 'close' }
  /** Declares more (the connection then closes early) or fewer bytes than are sent. */
  | { readonly kind: 'wrong-content-length'; readonly deltaBytes: number }
  /** One bit is wrong; the offset counts the bytes of the file, whatever range is asked for. @default bit 0 */
  | { readonly kind: 'flip-bit'; readonly offsetBytes: number; readonly bit?: number }
  /** `Content-Encoding: gzip`, whatever was accepted. */
  | { readonly kind: 'gzip' }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number };

/** Faults of range requests: they strike only what would have been a 206, `range-not-satisfiable` any ranged request. */
export type RangeFault =
  /** 200 and the whole file. */
  | { readonly kind: 'ignore-range' }
  /** @default one byte off */
  | { readonly kind: 'wrong-content-range'; readonly contentRange?: string }
  | { readonly kind: 'no-content-range' }
  /** `multipart/byteranges` for a single range. */
  | { readonly kind: 'multipart' }
  /** 416; `sizeBytes` is the size that it tells. @default the true one */
  | { readonly kind: 'range-not-satisfiable'; readonly sizeBytes?: number }
  /** The file has another ETag from now on, so that If-Range no longer holds. @default another strong one */
  | { readonly kind: 'change-etag'; readonly etag?: string };

/** Other answers than the true one. */
export type StatusFault =
  /** 429. @default neither header */
  | { readonly kind: 'rate-limited'; readonly retryAfterSeconds?: number; readonly resetSeconds?: number }
  /** @default an HTML error page without Retry-After */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number; readonly message?: string }
  /** 403, as the CDN answers a signed URL after its time. */
  | { readonly kind: 'expired-url' }
  /** Any text, such as an error in place of a file, or JSON that is broken. @default JSON, 200 */
  | { readonly kind: 'text'; readonly text: string; readonly status?: number; readonly contentType?: string }
  /** 200 with the log-in page of a captive portal. */
  | { readonly kind: 'html-page' }
  /** The true answer with headers added, replaced (`set`) or left out (`remove`). Names in lower case. */
  | { readonly kind: 'headers'; readonly set?: Readonly<Record<string, string>>; readonly remove?: readonly string[] };

/** Redirects that no client should follow blindly. */
export type RedirectFault =
  /** To the very same URL. */
  | { readonly kind: 'redirect-loop' }
  /** To the same path under another scheme. @default 'ftp' */
  | { readonly kind: 'redirect-scheme'; readonly scheme?: string }
  /** To the same path and query at another origin, for example `http://127.0.0.1:4000`. */
  | { readonly kind: 'redirect-origin'; readonly origin: string }
  | { readonly kind: 'redirect'; readonly location: string };

/** One thing that can go wrong. */
export type Fault = BodyFault | RangeFault | StatusFault | RedirectFault;
