import { expect, it } from 'vitest';
import { hubError } from './hub-error.ts';

const endpoint = 'https://hub.example';
const answer = (
  status: number,
  headers: Record<string, string> = {},
  value?: unknown,
): Parameters<typeof hubError>[0] => ({
  status,
  headers,
  value,
  url: 'https://hub.example/api/models/a/b?token=canary',
  hops: [],
});

it.each([
  [{ repo: 'a/b' }, 'hub.repo-not-found'],
  [{ repo: 'a/b', revision: 'x' }, 'hub.revision-not-found'],
  [{ repo: 'a/b', revision: 'x', path: 'y' }, 'hub.entry-not-found'],
  [{ repo: '' }, 'network.status'],
])('takes a 404 without a code for what was asked: %j', (question, code) => {
  const error = hubError(answer(404), { endpoint, ...question });
  expect(error.code).toBe(code);
  expect(JSON.stringify(error)).not.toContain('canary');
});

it.each([
  ['Invalid credentials in Authorization header', 'bad-token'],
  ['Invalid user token.', 'bad-token'],
  ['The token is expired', 'bad-token'],
  ['Invalid username or password.', 'missing-token'],
  ['', 'missing-token'],
])('reads %j as %s', (message, reason) => {
  const error = hubError(answer(401, {}, { error: message }), { endpoint, repo: 'a/b' });
  expect(error).toMatchObject({ code: 'hub.unauthorised', facts: { reason, repo: 'a/b', status: 401 } });
  expect(error.hint).not.toBe('');
});

it('goes by the code before the status', () => {
  expect(hubError(answer(403, { 'x-error-code': 'GatedRepo' }), { endpoint, repo: 'a/b' }).code).toBe('hub.gated');
  expect(hubError(answer(404, { 'x-error-code': 'EntryNotFound' }), { endpoint, repo: 'a/b' })).toMatchObject({
    code: 'hub.entry-not-found',
    message: 'a/b holds no such file',
  });
  expect(hubError(answer(404, { 'x-error-code': 'SomethingNew' }), { endpoint, repo: 'a/b' })).toMatchObject({
    code: 'hub.unexpected',
    facts: { reason: 'status 404' },
  });
});
