import { bodyOf, textAnswer, type Answer, type AnswerBody, type ServedFile } from '../hub/http/answer.ts';
import { contentRange, type ByteRange } from '../hub/http/byte-range.ts';
import { fileAnswer, wholeFile } from '../hub/http/file-answer.ts';
import type { FaultContext } from './fault-context.ts';
import type { RangeFault } from './fault.ts';

const BOUNDARY = 'local-hub-boundary';

function joined(parts: readonly AnswerBody[]): AnswerBody {
  return {
    sizeBytes: parts.reduce((sum, part) => sum + (part.sizeBytes ?? 0), 0),
    async *chunks() {
      for (const part of parts) yield* part.chunks();
    },
  };
}

function multipart(answer: Answer, body: AnswerBody, range: string): Answer {
  const type = answer.headers['content-type'] ?? 'application/octet-stream';
  const head = `--${BOUNDARY}\r\nContent-Type: ${type}\r\nContent-Range: ${range}\r\n\r\n`;
  const { 'content-range': _contentRange, ...headers } = answer.headers;
  return {
    ...answer,
    headers: { ...headers, 'content-type': `multipart/byteranges; boundary=${BOUNDARY}` },
    body: joined([bodyOf(Buffer.from(head)), body, bodyOf(Buffer.from(`\r\n--${BOUNDARY}--\r\n`))]),
  };
}

function faultyPart(
  fault: Exclude<RangeFault, { kind: 'range-not-satisfiable' | 'change-etag' }>,
  options: { readonly answer: Answer; readonly body: AnswerBody; readonly file: ServedFile; readonly range: ByteRange },
): Answer {
  const { answer, body, file, range } = options;
  const { 'content-range': _contentRange, ...headers } = answer.headers;
  const { sizeBytes } = file.source;
  switch (fault.kind) {
    case 'ignore-range':
      return wholeFile(file);
    case 'no-content-range':
      return { ...answer, headers };
    case 'multipart':
      return multipart(answer, body, contentRange(range, sizeBytes));
    case 'wrong-content-range':
    default: {
      const shifted = { startBytes: range.startBytes + 1, endBytes: range.endBytes + 1 };
      return {
        ...answer,
        headers: { ...headers, 'content-range': fault.contentRange ?? contentRange(shifted, sizeBytes) },
      };
    }
  }
}

/** Applies a fault of a range request; `null` when it would change nothing of this answer. */
export function applyRangeFault(fault: RangeFault, answer: Answer, context: FaultContext): Answer | null {
  const { body, file, range } = answer;
  if (file === undefined) return null;
  if (fault.kind === 'change-etag') {
    const etag = fault.etag ?? `"changed-${file.etag.replaceAll('"', '')}"`;
    return fileAnswer({ ...file, etag }, context.headers);
  }
  if (fault.kind === 'range-not-satisfiable') {
    if (context.headers.range === undefined) return null;
    const sizeBytes = fault.sizeBytes ?? file.source.sizeBytes;
    return textAnswer(416, 'Range Not Satisfiable', { 'content-range': `bytes */${sizeBytes}` });
  }
  if (range === undefined || body === null) return null;
  return faultyPart(fault, { answer, body, file, range });
}
