import type { Answer, AnswerBody, AnswerCut, Framing } from '../hub/http/answer.ts';
import { gzipAnswer } from '../hub/http/gzip-answer.ts';
import { hasContent, type FaultContext } from './fault-context.ts';
import type { BodyFault } from './fault.ts';

interface CutOptions {
  readonly at: number;
  readonly how: AnswerCut['how'];
  readonly framing?: Framing | undefined;
}

function cutBody(answer: Answer, { at, framing, how }: CutOptions): Answer | null {
  const sizeBytes = answer.body?.sizeBytes ?? null;
  if (sizeBytes !== null && sizeBytes <= at) return null;
  return { ...answer, cut: { at, how }, ...(framing === undefined ? {} : { framing }) };
}

function flippedBody(body: AnswerBody, at: number, bit: number): AnswerBody {
  return {
    sizeBytes: body.sizeBytes,
    async *chunks() {
      let start = 0;
      for await (const chunk of body.chunks()) {
        const index = at - start;
        start += chunk.length;
        if (index < 0 || index >= chunk.length) {
          yield chunk;
          continue;
        }
        const changed = Uint8Array.from(chunk);
        changed[index] = (changed[index] ?? 0) ^ (1 << bit);
        yield changed;
      }
    },
  };
}

function flipBit(answer: Answer, offsetBytes: number, bit: number): Answer | null {
  const { body } = answer;
  const at = offsetBytes - (answer.range?.startBytes ?? 0);
  // a compressed body has other offsets than the file
  if (body === null || body.sizeBytes === null || at < 0 || at >= body.sizeBytes) return null;
  return { ...answer, body: flippedBody(body, at, bit) };
}

function wrongLength(answer: Answer, deltaBytes: number): Answer | null {
  const sizeBytes = answer.body?.sizeBytes ?? null;
  if (sizeBytes === null || sizeBytes + deltaBytes < 0) return null;
  const headers = { ...answer.headers, connection: 'close', 'content-length': String(sizeBytes + deltaBytes) };
  return { ...answer, headers, cut: { at: sizeBytes, how: 'end' } };
}

/** Applies a fault of the body; `null` when it would change nothing of this answer. */
export function applyBodyFault(fault: BodyFault, answer: Answer, context: FaultContext): Answer | null {
  if (fault.kind === 'reset-before-headers') return { ...answer, cut: { at: 'headers', how: 'reset' } };
  if (fault.kind === 'stall-before-headers') return { ...answer, cut: { at: 'headers', how: 'stall' } };
  if (!hasContent(answer, context)) return null;
  switch (fault.kind) {
    case 'reset':
      return cutBody(answer, { at: fault.afterBytes, how: 'reset' });
    case 'stall':
      return cutBody(answer, { at: fault.afterBytes, how: 'stall' });
    case 'truncate':
      return cutBody(answer, { at: fault.afterBytes, how: 'end', framing: fault.framing });
    case 'wrong-content-length':
      return wrongLength(answer, fault.deltaBytes);
    case 'flip-bit':
      return flipBit(answer, fault.offsetBytes, fault.bit ?? 0);
    case 'gzip':
      return answer.headers['content-encoding'] === undefined ? gzipAnswer(answer) : null;
    case 'slow':
    default:
      return { ...answer, bytesPerSecond: fault.bytesPerSecond };
  }
}
