import type { ModelkeepError } from '@modelkeep/core';
import type { EndpointClass, HttpAnswer, HttpClient } from '@modelkeep/network';
import { headerBytes } from '../resolve/linked-facts.ts';
import { readContentRange } from './content-range.ts';
import { hubFacts, type HubFacts } from './hub-facts.ts';
import { fileChanged, noRanges, webPage } from './range-errors.ts';
import { requestPart, type ByteSpan, type PartAnswer } from './request-part.ts';

/** How a file is asked for. */
export interface FileAddress {
  readonly http: HttpClient;
  readonly url: string;
  /** For the exact origin of `url`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What `url` is. Where it redirects to is taken for a CDN. */
  readonly endpointClass: EndpointClass;
  /** Types an answer that is no success. */
  readonly failureOf: (answer: HttpAnswer) => ModelkeepError;
}

/** Where the bytes are and what is known of them. */
export interface Location {
  /** Signed and short-lived, where a redirect led to it. Never shown. */
  readonly url: string;
  readonly isRedirected: boolean;
  /** The URLs whose redirects led to it, in order. */
  readonly redirectedFrom: readonly string[];
  /** Of the server that has the bytes, with `W/` and quotes. */
  readonly etag: string | null;
  readonly sizeBytes: number;
  readonly facts: HubFacts;
}

/** A part of the file that is about to arrive, or all of a small one from a server that serves no parts. */
export interface LocatedPart {
  readonly location: Location;
  readonly answer: PartAnswer;
  readonly span: ByteSpan;
}

/** What a signed URL is answered with when its time is over; storages do not agree. */
const EXPIRED = new Set([400, 401, 403, 404, 410]);

/**
 * Asks for a part: where it was found last, else, and once more when that has expired, at the address itself.
 *
 * @throws what `failureOf` makes of the answer, `hub.no-ranges`, `hub.file-changed`
 */
export async function locatePart(
  address: FileAddress,
  { span, last, signal }: { readonly span: ByteSpan; readonly last: Location | null; readonly signal: AbortSignal },
): Promise<LocatedPart> {
  const { http, headers, endpointClass } = address;
  if (last?.isRedirected === true) {
    const answer = await requestPart({
      http,
      url: last.url,
      redirectedFrom: last.redirectedFrom,
      headers,
      span,
      ifRange: strongEtag(last),
      endpointClass: 'cdn',
      signal,
    });
    if (!EXPIRED.has(answer.status)) return checked(address, { answer, span, last, isDirect: true });
    answer.discard();
  }
  const ifRange = last?.isRedirected === false ? strongEtag(last) : undefined;
  const answer = await requestPart({ http, url: address.url, headers, span, ifRange, endpointClass, signal });
  return checked(address, { answer, span, last, isDirect: false });
}

interface ToCheck {
  readonly answer: PartAnswer;
  readonly span: ByteSpan;
  readonly last: Location | null;
  /** Whether the answer came without asking at the address. */
  readonly isDirect: boolean;
}

function checked(address: FileAddress, toCheck: ToCheck): LocatedPart {
  const { answer } = toCheck;
  try {
    if (![200, 206, 416].includes(answer.status)) throw address.failureOf(answer);
    const part = readPart(toCheck);
    const found = { answer, location: locationOf(toCheck, part.sizeBytes), span: part.span };
    if (toCheck.last !== null) refuseChanged(address.url, toCheck.last, found.location);
    if (answer.status === 200 && part.span.endBytes > toCheck.span.endBytes) throw noRanges(answer, 'ignored');
    return found;
  } catch (error) {
    answer.discard();
    throw error;
  }
}

interface ReadPart {
  readonly span: ByteSpan;
  readonly sizeBytes: number;
}

function readPart({ answer, span, last, isDirect }: ToCheck): ReadPart {
  const { headers, status } = answer;
  const toldBytes = isDirect ? (last?.sizeBytes ?? null) : hubFacts(answer).sizeBytes;
  if (status === 200) {
    const sizeBytes = headerBytes(headers['content-length']);
    if (sizeBytes === null) throw noRanges(answer, 'size-unknown');
    if (/^text\/html\b/i.test(headers['content-type'] ?? '')) throw webPage(answer);
    if (last === null && toldBytes !== null && toldBytes !== sizeBytes) throw noRanges(answer, 'content-range');
    return { span: { startBytes: 0, endBytes: sizeBytes }, sizeBytes };
  }
  if (/^multipart\//i.test(headers['content-type'] ?? '')) throw noRanges(answer, 'multipart');
  const range = readContentRange(headers['content-range']);
  if (range === null) throw noRanges(answer, 'content-range');
  const sizeBytes = range.totalBytes ?? toldBytes;
  if (sizeBytes === null) throw noRanges(answer, 'size-unknown');
  const { startBytes, endBytes } = range;
  // A file of another size is a changed one, whatever part of it this is.
  if (last !== null && last.sizeBytes !== sizeBytes) return { span: { startBytes: 0, endBytes: 0 }, sizeBytes };
  // Nothing of an empty file can be asked for.
  if (status === 416 && sizeBytes === 0) return { span: { startBytes: 0, endBytes: 0 }, sizeBytes };
  const isWanted = status === 206 && startBytes === span.startBytes && endBytes !== null && endBytes <= span.endBytes;
  if (!isWanted || (toldBytes !== null && toldBytes !== sizeBytes)) throw noRanges(answer, 'content-range');
  return { span: { startBytes, endBytes }, sizeBytes };
}

function locationOf({ answer, last, isDirect }: ToCheck, sizeBytes: number): Location {
  const isRedirected = isDirect || answer.hops.length > 0;
  const isSameServer = isDirect || !isRedirected;
  const before = isDirect ? (last?.redirectedFrom ?? []) : [];
  return {
    url: answer.url,
    isRedirected,
    redirectedFrom: [...before, ...answer.hops.map((hop) => hop.url)],
    etag: answer.headers['etag'] ?? (isSameServer ? (last?.etag ?? null) : null),
    sizeBytes,
    facts: isDirect && last !== null ? last.facts : hubFacts(answer),
  };
}

/**
 * The hub's own ETag decides where both answers have it: the servers that have the bytes may each have another for the
 * same content.
 */
function refuseChanged(url: string, last: Location, now: Location): void {
  if (last.sizeBytes !== now.sizeBytes) {
    throw fileChanged(url, { expected: `${last.sizeBytes} bytes`, found: `${now.sizeBytes} bytes` });
  }
  const isResolvedAgain = last.facts !== now.facts && last.facts.etag !== null && now.facts.etag !== null;
  const [expected, found] = isResolvedAgain ? [last.facts.etag, now.facts.etag] : [last.etag, now.etag];
  if (expected !== null && found !== null && expected !== found) throw fileChanged(url, { expected, found });
}

/** RFC 9110, section 13.1.5: If-Range takes no weak ETag. */
function strongEtag({ etag }: Location): string | undefined {
  return etag !== null && etag.startsWith('"') ? etag : undefined;
}
