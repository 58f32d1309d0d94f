import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../client/create-http-client.ts';
import { caught } from '../fixtures/caught.ts';
import { checkHeaders } from './check-headers.ts';

describe('checkHeaders', () => {
  it('lower-cases the names', () => {
    expect({ ...checkHeaders({ 'X-Key': 'v', Accept: 'äöü' }) }).toEqual({ 'x-key': 'v', accept: 'äöü' });
  });

  it.each(['host', 'Content-Length', 'Transfer-Encoding', 'connection', 'upgrade', 'a b', '', 'x:y', 'ü'])(
    'refuses the name %j',
    (name) => {
      expect(() => checkHeaders({ [name]: '1' })).toThrow(expect.objectContaining({ code: 'core.invalid-argument' }));
    },
  );

  it.each(['canary\r\nx: y', 'canary\n', 'canary\0', 'canary✓'])(
    'refuses the value %j and does not show it',
    (value) => {
      try {
        checkHeaders({ authorization: value });
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: 'core.invalid-argument', facts: { argument: 'headers.authorization' } });
        expect(JSON.stringify(error)).not.toContain('canary');
      }
    },
  );
});

it('refuses a token with a line break, without showing it', async () => {
  await using http = createHttpClient({ privateOrigins: 'all', credentialsFor: () => 'Bearer canary\n' });
  const error = await caught('core.invalid-argument', http.request({ url: 'http://127.0.0.1:9/' }));
  expect(`${JSON.stringify(error)}${error.stack}`).not.toContain('canary');
});

it.each(['/relative', 'ftp://host/', 'file:///x', 'http://user:canary@host/', 'not a url?x=canary'])(
  'refuses the URL %s, without its secrets',
  async (url) => {
    await using http = createHttpClient({ privateOrigins: 'all' });
    const error = await caught('core.invalid-argument', http.request({ url }));
    expect(error.facts.argument).toBe('url');
    expect(JSON.stringify(error)).not.toContain('canary');
  },
);
