import type { IncomingHttpHeaders } from 'node:http';
import type { BodySource } from '../content/body-source.ts';
import { textAnswer, type Answer, type AnswerBody, type ServedFile } from './answer.ts';
import { contentRange, readRange, type ByteRange } from './byte-range.ts';

/** A part of a source as a body. */
function bodyOfRange(source: BodySource, range: ByteRange): AnswerBody {
  return {
    sizeBytes: range.endBytes - range.startBytes,
    chunks: () => source.stream(range.startBytes, range.endBytes),
  };
}

/** The whole file, whatever range was asked for. */
export function wholeFile(file: ServedFile): Answer {
  return {
    status: 200,
    headers: { ...file.headers, 'accept-ranges': 'bytes', etag: file.etag },
    body: bodyOfRange(file.source, { startBytes: 0, endBytes: file.source.sizeBytes }),
    file,
  };
}

function matchesAny(header: string, etag: string): boolean {
  return header
    .split(',')
    .map((value) => value.trim().replace(/^W\//, ''))
    .some((value) => value === '*' || value === etag);
}

/** Answers GET or HEAD for a file: 200, 206, 304 or 416, with If-Range and If-None-Match. */
export function fileAnswer(file: ServedFile, headers: IncomingHttpHeaders): Answer {
  const { etag, source } = file;
  const common = { ...file.headers, 'accept-ranges': 'bytes', etag };
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined && matchesAny(ifNoneMatch, etag)) return { status: 304, headers: common, body: null };
  const ifRange = headers['if-range'];
  const wanted = ifRange === undefined || ifRange === etag ? headers.range : undefined;
  const range = readRange(wanted, source.sizeBytes);
  if (range.kind === 'whole') return wholeFile(file);
  if (range.kind === 'unsatisfiable') {
    return textAnswer(416, 'Range Not Satisfiable', { 'content-range': `bytes */${source.sizeBytes}` });
  }
  return {
    status: 206,
    headers: { ...common, 'content-range': contentRange(range, source.sizeBytes) },
    body: bodyOfRange(source, range),
    file,
    range,
  };
}
