import { isModelkeepError, ModelkeepError, redactUrl } from '@modelkeep/core';
import { isRedirectStatus, redirectTarget, type TextResult } from '@modelkeep/network';
import type { CivitaiContext } from '../client/civitai-context.ts';
import { civitaiError, saidIn } from '../errors/civitai-error.ts';
import { downloadUrl, pageUrl, type CivitaiAccess, type CivitaiDownload } from './civitai-access.ts';

const MAX_BYTES = 65_536;

/**
 * Asks whether a file may be had, without fetching it: the redirect to the storage is not followed.
 *
 * @throws `network.*`; `network.rate-limited` for 429; `civitai.unexpected` for what is neither a redirect nor a file
 */
export async function askAccess(
  context: CivitaiContext,
  download: CivitaiDownload,
  signal?: AbortSignal,
): Promise<CivitaiAccess> {
  const { http, endpoint } = context;
  const url = downloadUrl(endpoint, download);
  let answer: TextResult;
  try {
    const headers = { range: 'bytes=0-0' };
    answer = await http.text({
      url,
      headers,
      redirect: 'manual',
      endpointClass: 'resolve',
      maxBytes: MAX_BYTES,
      cache: 'none',
      signal,
    });
  } catch (error) {
    // It sends the file itself.
    if (isModelkeepError(error, 'network.body') && error.facts.reason === 'too-large') return { kind: 'ready' };
    throw error;
  }
  const { status } = answer;
  const page = pageUrl(endpoint, download);
  const login = { kind: 'login', url: `${endpoint}/user/account` } as const;
  if (isRedirectStatus(status)) {
    const target = redirectTarget(new URL(answer.url), answer.headers['location']);
    const isLogin = target.origin === new URL(endpoint).origin && /^\/login\b/u.test(target.pathname);
    return isLogin ? login : { kind: 'ready' };
  }
  if (status === 401) return login;
  if (status === 404) return { kind: 'not-found' };
  if (status === 410) return { kind: 'archived' };
  const value = jsonOf(answer.text);
  if (status === 403) {
    const reason = saidIn(value);
    if (/early[ -]?access/iu.test(reason)) return { kind: 'early-access', url: page, until: deadlineOf(value) };
    return { kind: 'no-access', url: page, reason: reason === '' ? 'no access' : reason };
  }
  if (status !== 200 && status !== 206)
    throw civitaiError({ ...answer, value }, { what: 'file', id: download.fileId ?? null });
  const type = answer.headers['content-type'] ?? '';
  if (!/^\s*(?:text\/html|application\/(?:json|xhtml\+xml))\b/iu.test(type)) return { kind: 'ready' };
  throw new ModelkeepError('civitai.unexpected', {
    message: `${redactUrl(url)} answered with ${type} in place of a file`,
    facts: { status, url: redactUrl(url), reason: saidIn(value) === '' ? `the answer is ${type}` : saidIn(value) },
    hint: 'The site may be in trouble, or a network in between wants a log-in. Nothing was stored.',
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It throws for nothing but what is no JSON.
    return undefined;
  }
}

function deadlineOf(value: unknown): string | null {
  const deadline = typeof value === 'object' && value !== null && 'deadline' in value ? value.deadline : null;
  return typeof deadline === 'string' && Number.isFinite(Date.parse(deadline))
    ? new Date(deadline).toISOString()
    : null;
}
