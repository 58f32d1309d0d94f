import { describe, expect, it } from 'vitest';
import { parseProxy } from '../proxy/parse-proxy.ts';
import { ProxyProblem } from '../proxy/proxy-problem.ts';
import { isCertificateProblem, toTransportError } from './transport-error.ts';

const systemError = (code: string): Error => Object.assign(new Error(code), { code });
const url = 'https://user:pass@host.example/path?signature=secret';

describe('toTransportError', () => {
  it.each(['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'ENETDOWN', 'EHOSTUNREACH'])('calls %s offline', (code) => {
    const error = toTransportError(systemError(code), url);
    expect(error.code).toBe('network.offline');
    expect(error.facts).toEqual({ url: 'https://host.example/path?…', systemCode: code });
  });

  it.each(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'CERT_HAS_EXPIRED'])('calls %s a connection error', (code) => {
    const error = toTransportError(systemError(code), url);
    expect([error.code, error.facts]).toEqual([
      'network.connection',
      { url: 'https://host.example/path?…', systemCode: code },
    ]);
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  it('is offline for several addresses only when none of them was reached', () => {
    const some = new AggregateError([systemError('ENETUNREACH'), systemError('ECONNREFUSED')]);
    const none = new AggregateError([systemError('ENETUNREACH'), systemError('EHOSTUNREACH')]);
    expect(toTransportError(some, url)).toMatchObject({
      code: 'network.connection',
      facts: { systemCode: 'ECONNREFUSED' },
    });
    expect(toTransportError(none, url).code).toBe('network.offline');
    expect(toTransportError(new AggregateError([]), url)).toMatchObject({ facts: { systemCode: 'UNKNOWN' } });
  });

  it('tells the proxy as what cannot be found, without its password', () => {
    const proxy = parseProxy('http://me:secret@proxy.example:3128');
    const error = toTransportError(new ProxyProblem(proxy, { cause: systemError('ENOTFOUND') }), url);
    expect(error).toMatchObject({ code: 'network.offline', facts: { systemCode: 'ENOTFOUND' } });
    expect(error.message).toContain('The proxy http://proxy.example:3128');
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  it('types whatever is thrown', () => {
    expect(toTransportError('text', url)).toMatchObject({
      code: 'network.connection',
      facts: { systemCode: 'UNKNOWN' },
    });
    expect(toTransportError(new RangeError('x'), url)).toMatchObject({ facts: { systemCode: 'RangeError' } });
    expect(toTransportError(systemError('UND_ERR_DESTROYED'), url).code).toBe('core.closed');
  });
});

it('knows the codes of certificates', () => {
  const problems = [
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ];
  expect(problems.every(isCertificateProblem)).toBe(true);
  expect(isCertificateProblem('ECONNRESET')).toBe(false);
});
