import { isSha1, isSha256, ModelkeepError, redactUrl } from '@modelkeep/core';
import type { HttpAnswer, HttpClient } from '@modelkeep/network';
import { decodedPart, dispositionName } from './content-disposition.ts';
import type { FileToPlan } from './planned-files.ts';

/**
 * @internal What a server tells of a file before it is fetched. Its name is the server's word: it is not judged here.
 *
 * @throws `network.*`; `transfer.bad-answer` where a web page stands in its place
 */
export async function askUrl(http: HttpClient, url: string, signal?: AbortSignal): Promise<FileToPlan> {
  const head = await http.text({ method: 'HEAD', url, endpointClass: 'resolve', signal });
  // Signatures may hold for one method only, and some servers know no HEAD, or tell no size or 0 for it.
  const isTold = head.status === 200 && (sizeOf(head) ?? 0) > 0;
  const answer = isTold ? head : await askFirstByte(http, url, signal);
  const shown = redactUrl(url);
  if (answer.status !== 200 && answer.status !== 206) {
    throw new ModelkeepError('network.status', {
      message: `${shown} answered ${answer.status} instead of a file`,
      facts: { url: shown, status: answer.status },
      hint: 'check the address; a signed one may have expired',
    });
  }
  const path = dispositionName(answer.headers['content-disposition']) ?? lastSegment(url);
  if (/^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(answer.headers['content-type'] ?? '')) {
    throw new ModelkeepError('transfer.bad-answer', {
      message: `${shown} answered with a web page instead of ${path}`,
      facts: { file: path, url: shown, reason: 'a web page' },
      hint: 'open the address in a browser: a page that leads to a download, or wants a log-in, answers like this',
    });
  }
  const linked = linkedFacts(answer, url);
  return { path, ...linked, sizeBytes: linked.sizeBytes ?? sizeOf(answer) };
}

async function askFirstByte(http: HttpClient, url: string, signal: AbortSignal | undefined): Promise<HttpAnswer> {
  const answer = await http.request({ url, headers: { range: 'bytes=0-0' }, endpointClass: 'resolve', signal });
  // Not awaited, and of no interest: it may wait for a read that never ends.
  answer.body[Symbol.asyncIterator]()
    .return?.()
    ?.catch(() => {});
  return answer;
}

/** On the redirect of a hub; only the origin that was named is believed. */
function linkedFacts({ hops, headers, url: last }: HttpAnswer, url: string): Omit<FileToPlan, 'path'> {
  const { origin } = new URL(url);
  const told = [...hops, { url: last, headers }]
    .filter((each) => new URL(each.url).origin === origin)
    .find((each) => each.headers['x-linked-etag'] !== undefined)?.headers;
  const etag = (told?.['x-linked-etag'] ?? '').trim().replace(/^(?:W\/)?"(.*)"$/, '$1');
  return {
    sizeBytes: byteCount(told?.['x-linked-size']),
    sha256: isSha256(etag) ? etag : null,
    gitSha1: isSha1(etag) ? etag : null,
  };
}

function sizeOf({ status, headers }: HttpAnswer): number | null {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') return null;
  if (status === 206) return byteCount(/^bytes \d+-\d+\/(\d+)$/i.exec(headers['content-range']?.trim() ?? '')?.[1]);
  return byteCount(headers['content-length']);
}

function byteCount(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text.trim()) ? Number(text) : null;
}

function lastSegment(url: string): string {
  const segment = new URL(url).pathname.split('/').at(-1) ?? '';
  return decodedPart(segment) ?? segment;
}
