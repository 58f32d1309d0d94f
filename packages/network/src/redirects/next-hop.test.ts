import { describe, expect, it } from 'vitest';
import { nextHop, redirectTarget, type HopRequest } from './next-hop.ts';

const from = new URL('https://hub.example/org/name/resolve/main/a.bin?download=1');

describe('redirectTarget', () => {
  it.each([
    ['/api/resolve-cache/a.bin?x=1', 'https://hub.example/api/resolve-cache/a.bin?x=1'],
    ['b.bin#part', 'https://hub.example/org/name/resolve/main/b.bin'],
    ['//cdn.example/x', 'https://cdn.example/x'],
    ['https://cdn.example/x?Signature=a%2Fb', 'https://cdn.example/x?Signature=a%2Fb'],
  ])('resolves %s', (location, expected) => {
    expect(redirectTarget(from, location).href).toBe(expected);
  });

  it.each([
    [undefined, 'missing-location'],
    ['', 'missing-location'],
    ['https://', 'invalid'],
    ['https://user:secret@cdn.example/', 'invalid'],
    ['http://hub.example/', 'downgrade'],
    ['ftp://hub.example/', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['data:text/plain,secret', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
  ])('refuses %s: %s', (location, reason) => {
    expect(() => redirectTarget(from, location)).toThrow(
      expect.objectContaining({ code: 'network.redirect', facts: expect.objectContaining({ reason }) }),
    );
  });

  it('keeps secrets of the target out of the error', () => {
    try {
      redirectTarget(from, 'http://user:secret1@hub.example/?token=secret2');
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify(error)).not.toMatch(/secret[12]/);
    }
  });
});

describe('nextHop', () => {
  const post: HopRequest = {
    method: 'POST',
    url: from,
    headers: { 'content-type': 'application/json', accept: '*/*' },
    body: '{}',
  };
  const headers = { location: '/next' };

  it('turns a POST into a GET for 303 and drops what described its body', () => {
    expect(nextHop(post, 303, headers)).toEqual({
      method: 'GET',
      url: new URL('https://hub.example/next'),
      headers: { accept: '*/*' },
      body: undefined,
    });
  });

  it.each([307, 308])('sends a POST again for %s', (status) => {
    expect(nextHop(post, status, headers)).toMatchObject({ method: 'POST', body: '{}' });
  });

  it.each([301, 302])('refuses to send a POST again for %s', (status) => {
    expect(() => nextHop(post, status, headers)).toThrow(
      expect.objectContaining({ facts: expect.objectContaining({ reason: 'method' }) }),
    );
  });

  it('keeps a HEAD a HEAD', () => {
    expect(nextHop({ ...post, method: 'HEAD', body: undefined }, 303, headers).method).toBe('HEAD');
  });
});
