import { judgeAnswer, type Verdict } from '../answer/judge-answer.ts';
import { learnLinkedFacts } from '../answer/linked-facts.ts';
import type { FetchContext } from '../fetch-context.ts';
import type { TransferAnswer } from '../transfer-http.ts';
import type { AttemptFailure } from './attempts.ts';
import type { FetchClaimOptions } from './fetch-claim-options.ts';
import { pourBody } from './pour-body.ts';

/** @internal What one request for a claim came to. */
export type ClaimOutcome =
  /** Bytes of it are here, or somebody else has them. */
  | 'more'
  /** The file is whole. */
  | 'whole'
  /** What is in the part is of no use. */
  | 'start-over'
  /** The source sends no parts: this connection is of no use beside another one. */
  | 'no-parts'
  | AttemptFailure;

/** @internal One request for a claim, and its body as far as the claim goes. */
export async function fetchClaim(options: FetchClaimOptions): Promise<ClaimOutcome> {
  const { context, writer, board, claim, source, signal } = options;
  try {
    const offset = claim.startBytes;
    const isWhole = offset === 0 && claim.isOpen && writer.bytesAccepted === 0;
    const endBytes = claim.isOpen ? null : claim.endBytes;
    const answer = await ask(options, isWhole ? null : { offset, endBytes });
    const verdict = judge(context, answer, { offset, endBytes, isWhole, facts: writer.facts });
    switch (verdict.kind) {
      case 'complete':
        return 'whole';
      case 'failed':
        if (!verdict.atOnce) return { error: verdict.error, answer };
        source.resolved = null;
        return { error: verdict.error, answer, atOnce: true };
      case 'start-over':
        return 'start-over';
      case 'no-parts':
        context.rangesAreBroken = true;
        return options.hasCompany() ? 'no-parts' : 'start-over';
      case 'whole':
        if (!isWhole && options.hasCompany()) {
          context.rangesAreBroken = true;
          letGo(answer);
          return 'no-parts';
        }
        if (writer.bytesAccepted > 0) await writer.restart();
        board.rewind(claim);
        break;
      case 'continue':
        break;
      default:
        return verdict satisfies never;
    }
    if (!board.confirm(claim)) {
      letGo(answer);
      return 'more';
    }
    if (answer.hops.length > 0) source.resolved = { url: answer.url, from: answer.hops.map((hop) => hop.url) };
    writer.describe(verdict.facts);
    source.hasGiven = true;
    await pourBody(options, { answer, endBytes: verdict.endBytes });
    signal.throwIfAborted();
    const { totalBytes } = verdict.facts;
    return totalBytes === null || writer.bytesAccepted === totalBytes ? 'whole' : 'more';
  } catch (error) {
    return { error };
  }
}

interface Asked {
  readonly offset: number;
  readonly endBytes: number | null;
}

/** Parts are asked for where the redirects of the first request have led: a resolver counts each call. */
function ask({ context, writer, source, signal }: FetchClaimOptions, range: Asked | null): Promise<TransferAnswer> {
  const { url, from } = source.resolved ?? { url: source.url, from: [] };
  const headers: Record<string, string> = { ...source.headers };
  if (range !== null) {
    headers['range'] = `bytes=${range.offset}-${range.endBytes === null ? '' : range.endBytes - 1}`;
    if (writer.facts.etag !== null) headers['if-range'] = writer.facts.etag;
  }
  return context.options.http.request({
    url,
    redirectedFrom: from,
    headers,
    signal,
    retry: false,
    http2: false,
    endpointClass: 'resolve',
  });
}

/** Judges an answer; the body of one that is of no use is let go of. */
function judge(context: FetchContext, answer: TransferAnswer, asked: Parameters<typeof judgeAnswer>[2]): Verdict {
  let verdict: Verdict | undefined;
  try {
    learnLinkedFacts(context, answer);
    verdict = judgeAnswer(context, answer, asked);
    return verdict;
  } finally {
    if (verdict?.kind !== 'continue' && verdict?.kind !== 'whole') letGo(answer);
  }
}

/** Not awaited, and of no interest: it may wait for a read that never ends. */
function letGo(answer: TransferAnswer): void {
  answer.body[Symbol.asyncIterator]()
    .return?.()
    ?.catch(() => {});
}
