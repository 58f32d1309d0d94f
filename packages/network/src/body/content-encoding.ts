import { ModelkeepError, redactUrl } from '@modelkeep/core';
import type { HttpResult } from '../client/http-answer.ts';
import { discardBody } from './discard-body.ts';

/**
 * The bytes of a body are hashed and stored as they come, so an encoded body is refused although `identity` was asked
 * for: a 2xx answer throws, any other keeps status and headers and throws when its body is read.
 *
 * @throws `network.body` with the reason `content-encoding`
 */
export async function refuseEncodedBody(result: HttpResult, method: string): Promise<HttpResult> {
  const encoding = result.headers['content-encoding']?.trim().toLowerCase() ?? '';
  const hasBody = method !== 'HEAD' && result.status !== 204 && result.status !== 304;
  if (!hasBody || encoding === '' || encoding === 'identity') return result;
  await discardBody(result.body);
  const error = new ModelkeepError('network.body', {
    message: `${redactUrl(result.url)} answered with an encoded body (${encoding.slice(0, 40)}) that was not asked for`,
    facts: { url: redactUrl(result.url), reason: 'content-encoding', found: encoding.slice(0, 40) },
    hint: 'A proxy or a mirror changes the bytes. Use another endpoint.',
  });
  if (result.status >= 200 && result.status < 300) throw error;
  const iterator: AsyncIterator<Uint8Array> = { next: () => Promise.reject(error) };
  return { ...result, body: { [Symbol.asyncIterator]: () => iterator } };
}
