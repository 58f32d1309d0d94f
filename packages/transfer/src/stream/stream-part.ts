import { judgeAnswer, type Verdict } from '../answer/judge-answer.ts';
import { learnLinkedFacts } from '../answer/linked-facts.ts';
import type { FetchContext } from '../fetch-context.ts';
import type { PartWriter } from '../part/part-writer.ts';
import type { TransferAnswer } from '../transfer-http.ts';
import { createAttempts, type AttemptFailure } from './attempts.ts';
import { pourBody } from './pour-body.ts';

/**
 * @internal Fetches what the part lacks, on one stream, as often as it takes.
 *
 * @throws `transfer.interrupted`, `transfer.bad-answer`, `transfer.integrity` for a wrong size, `transfer.source-changed`,
 * `network.status`, `network.rate-limited`, `io.disk-full`, `signal.reason`
 */
export async function streamPart(context: FetchContext, writer: PartWriter): Promise<void> {
  const attempts = createAttempts(context, writer);
  const { signal } = context.options;
  for (;;) {
    signal?.throwIfAborted();
    if (writer.bytesAccepted > 0 && writer.bytesAccepted === context.known.sizeBytes) return;
    const failure = await attempt(context, writer);
    if (failure === 'whole') return;
    if (failure !== 'more') {
      signal?.throwIfAborted();
      await attempts.failed(failure);
    }
  }
}

/** One request and its body: is the file whole now, is there more, or did it break? */
async function attempt(context: FetchContext, writer: PartWriter): Promise<'whole' | 'more' | AttemptFailure> {
  try {
    if (context.rangesAreBroken && writer.bytesAccepted > 0) await writer.restart();
    const offset = writer.bytesAccepted;
    const answer = await ask(context, writer, offset);
    const verdict = await judge(context, answer, { offset, facts: writer.facts });
    switch (verdict.kind) {
      case 'complete':
        return 'whole';
      case 'failed':
        return { error: verdict.error, answer, atOnce: verdict.atOnce };
      case 'start-over':
        await writer.restart();
        return 'more';
      case 'whole':
        if (offset > 0) await writer.restart();
        break;
      case 'continue':
      default:
        break;
    }
    writer.describe(verdict.facts);
    await pourBody(context, { writer, body: answer.body, endBytes: verdict.endBytes });
    const { totalBytes } = verdict.facts;
    return totalBytes === null || writer.bytesAccepted === totalBytes ? 'whole' : 'more';
  } catch (error) {
    return { error };
  }
}

async function ask({ options }: FetchContext, { facts }: PartWriter, offset: number): Promise<TransferAnswer> {
  const { http, url, signal } = options;
  const range: Record<string, string> = offset === 0 ? {} : { range: `bytes=${offset}-` };
  if (offset > 0 && facts.etag !== null) range['if-range'] = facts.etag;
  return http.request({ url, headers: { ...options.headers, ...range }, signal, retry: false });
}

/** Judges an answer; the body of one that is of no use is let go of. */
async function judge(
  context: FetchContext,
  answer: TransferAnswer,
  asked: Parameters<typeof judgeAnswer>[2],
): Promise<Verdict> {
  let verdict: Verdict | undefined;
  try {
    learnLinkedFacts(context, answer);
    verdict = judgeAnswer(context, answer, asked);
    return verdict;
  } finally {
    if (verdict?.kind !== 'continue' && verdict?.kind !== 'whole') {
      // Not awaited, and of no interest: it may wait for a read that never ends.
      answer.body[Symbol.asyncIterator]()
        .return?.()
        ?.catch(() => {});
    }
  }
}
