import type { ModelkeepError } from '@modelkeep/core';
import { badAnswer, integrityError, sourceChanged, statusError } from '../errors.ts';
import type { FetchContext } from '../fetch-context.ts';
import type { SourceFacts } from '../part/part-writer.ts';
import type { TransferAnswer } from '../transfer-http.ts';
import { contentLengthOf, parseContentRange, parseUnsatisfiedTotal } from './content-range.ts';
import { strongEtagOf } from './strong-etag.ts';

/** @internal What is to be done with an answer. */
export type Verdict =
  /** The body goes on where the part ends, up to `endBytes` of the file where that is known. */
  | { readonly kind: 'continue'; readonly facts: SourceFacts; readonly endBytes: number | null }
  /** The body is the whole file. */
  | { readonly kind: 'whole'; readonly facts: SourceFacts; readonly endBytes: number | null }
  /** The part has all bytes already. */
  | { readonly kind: 'complete' }
  /** A part of something else: this source cannot be asked for parts. */
  | { readonly kind: 'no-parts' }
  /** What is in the part is of no use, and neither is the body: ask for the whole file. */
  | { readonly kind: 'start-over' }
  /** No file this time. `atOnce`: a new request gets a new signed URL. */
  | { readonly kind: 'failed'; readonly error: ModelkeepError; readonly atOnce: boolean };

/** @internal What was asked for. */
export interface AskedRange {
  /** No range: the file from its start to its end. */
  readonly isWhole: boolean;
  /** The first byte that was asked for. */
  readonly offset: number;
  /** The byte behind the last one that was asked for; null: to the end of the file. */
  readonly endBytes: number | null;
  /** What is known of the bytes in the part. */
  readonly facts: SourceFacts;
}

const RETRIED = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * @internal Judges the head of an answer, before a byte of it is written.
 *
 * @throws `transfer.bad-answer`, `transfer.integrity` for a wrong size, `transfer.source-changed`, `network.status`
 */
export function judgeAnswer(context: FetchContext, answer: TransferAnswer, asked: AskedRange): Verdict {
  const { status } = answer;
  if (status === 200) return judgeWhole(context, answer, asked);
  if (status === 206) return judgeRange(context, answer, asked);
  if (status === 416 && !asked.isWhole) return judgeUnsatisfied(context, answer, asked);
  const error = statusError(context, status);
  // A signed URL has a time: only its own origin, which the caller did not name, answers like this then.
  const isSigned = new URL(answer.url).origin !== new URL(context.sources.current.url).origin;
  if (isSigned && (status === 403 || status === 401)) return { kind: 'failed', error, atOnce: true };
  if (RETRIED.has(status)) return { kind: 'failed', error, atOnce: false };
  if (status < 400) throw badAnswer(context, `status ${status}`);
  throw error;
}

function judgeWhole(context: FetchContext, answer: TransferAnswer, { isWhole, facts }: AskedRange): Verdict {
  const { sizeBytes, sha256, gitSha1 } = context.known;
  const length = contentLengthOf(answer.headers);
  const isKnown = sizeBytes !== null || sha256 !== null || gitSha1 !== null;
  const fits = sizeBytes !== null && length === sizeBytes;
  if (isKnown && !fits && isWebPage(context, answer)) throw badAnswer(context, 'a web page');
  if (sizeBytes !== null && length !== null && length !== sizeBytes) {
    throw integrityError(context, { algorithm: 'size', expected: String(sizeBytes), found: String(length) });
  }
  const etag = strongEtagOf(answer.headers);
  if (!isWhole && facts.etag !== null && etag !== facts.etag) noteSourceChange(context, etag);
  const totalBytes = sizeBytes ?? length;
  return { kind: 'whole', facts: { etag, totalBytes }, endBytes: totalBytes };
}

function judgeRange(context: FetchContext, answer: TransferAnswer, asked: AskedRange): Verdict {
  const { offset, facts } = asked;
  const range = parseContentRange(answer.headers['content-range']);
  const isMultipart = (answer.headers['content-type'] ?? '').toLowerCase().startsWith('multipart/');
  if (asked.isWhole) throw badAnswer(context, 'a part of a file that was asked for whole');
  const etag = strongEtagOf(answer.headers);
  if (facts.etag !== null && etag !== null && etag !== facts.etag) {
    noteSourceChange(context, etag);
    return { kind: 'start-over' };
  }
  const totalBytes = context.known.sizeBytes ?? facts.totalBytes;
  const length = contentLengthOf(answer.headers);
  if (
    range === undefined ||
    isMultipart ||
    range.firstByte !== offset ||
    (asked.endBytes !== null && range.lastByte >= asked.endBytes) ||
    (totalBytes !== null && range.totalBytes !== totalBytes) ||
    (length !== null && length !== range.lastByte - range.firstByte + 1)
  ) {
    return { kind: 'no-parts' };
  }
  return {
    kind: 'continue',
    facts: { etag: etag ?? facts.etag, totalBytes: range.totalBytes },
    endBytes: range.lastByte + 1,
  };
}

function judgeUnsatisfied(context: FetchContext, answer: TransferAnswer, { offset, facts }: AskedRange): Verdict {
  const total = parseUnsatisfiedTotal(answer.headers['content-range']);
  const wholeBytes = context.known.sizeBytes ?? facts.totalBytes ?? total;
  return total === offset && wholeBytes === offset ? { kind: 'complete' } : { kind: 'start-over' };
}

/** Once is bad luck; a file that changes again and again is never fetched whole. */
function noteSourceChange(context: FetchContext, etag: string | null): void {
  context.changedEtags.add(etag);
  if (context.changedEtags.size > 1) throw sourceChanged(context);
}

function isWebPage({ options }: FetchContext, { headers }: TransferAnswer): boolean {
  const isHtml = /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(headers['content-type'] ?? '');
  return isHtml && !/\.x?html?$/i.test(options.file);
}
