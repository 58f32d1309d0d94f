import { describe, expect, it } from 'vitest';
import { proxyFromEnvironment } from './proxy-from-environment.ts';

const P = 'http://proxy.example:3128';

describe('proxyFromEnvironment', () => {
  it.each<[Record<string, string | undefined>, string, string | undefined]>([
    [{}, 'https://hub.example/', undefined],
    [{ HTTPS_PROXY: P }, 'https://hub.example/', P],
    [{ HTTPS_PROXY: P }, 'http://hub.example/', undefined],
    [{ HTTP_PROXY: P }, 'http://hub.example/', P],
    [{ HTTP_PROXY: P }, 'https://hub.example/', undefined],
    [{ ALL_PROXY: P }, 'https://hub.example/', P],
    [{ all_proxy: P }, 'http://hub.example/', P],
    [{ https_proxy: P, HTTPS_PROXY: 'http://other:1' }, 'https://hub.example/', P],
    [{ https_proxy: ' ', HTTPS_PROXY: P }, 'https://hub.example/', P],
    [{ https_proxy: '', ALL_PROXY: P }, 'https://hub.example/', P],
    [{ HTTPS_PROXY: 'proxy.example:3128' }, 'https://hub.example/', 'proxy.example:3128'],
    [{ HTTP_PROXY: P, REQUEST_METHOD: 'GET' }, 'http://hub.example/', undefined],
    [{ http_proxy: P, REQUEST_METHOD: 'GET' }, 'http://hub.example/', P],
    [{ ALL_PROXY: P }, 'http://localhost:8080/', undefined],
    [{ ALL_PROXY: P }, 'http://api.localhost/', undefined],
    [{ ALL_PROXY: P }, 'http://127.1:8080/', undefined],
    [{ ALL_PROXY: P }, 'https://[::1]/', undefined],
    [{ ALL_PROXY: P }, 'https://10.0.0.1/', P],
  ])('%j for %s is %s', (environment, url, expected) => {
    expect(proxyFromEnvironment(environment)(url)).toBe(expected);
  });
});

describe('NO_PROXY', () => {
  const isDirect = (list: string, url: string): boolean =>
    proxyFromEnvironment({ ALL_PROXY: P, NO_PROXY: list })(url) === undefined;

  it.each([
    ['*', 'https://hub.example/'],
    ['other.example, *', 'https://hub.example/'],
    ['hub.example', 'https://hub.example/'],
    ['hub.example', 'https://cdn.hub.example/'],
    ['.hub.example', 'https://hub.example/'],
    ['.hub.example', 'https://cdn.hub.example/'],
    ['*.hub.example', 'https://cdn.hub.example/'],
    ['HUB.example', 'https://hub.EXAMPLE/'],
    ['hub.example.', 'https://hub.example/'],
    ['hub.example', 'https://hub.example./'],
    ['a.example b.example\thub.example', 'https://hub.example/'],
    ['hub.example:443', 'https://hub.example/'],
    ['hub.example:80', 'http://hub.example/'],
    ['hub.example:8443', 'https://hub.example:8443/'],
    ['*:8443', 'https://hub.example:8443/'],
    ['10.0.0.1', 'http://10.0.0.1/'],
    ['10.0.0.0/8', 'http://10.200.0.1/'],
    ['10.0.0.0/8:8080', 'http://10.200.0.1:8080/'],
    ['[fd00::1]', 'http://[fd00::1]/'],
    ['fd00::1', 'http://[fd00:0::1]/'],
    ['[fd00::1]:8080', 'http://[fd00::1]:8080/'],
    ['fd00::/8', 'http://[fd12::1]/'],
    ['10.0.0.0/8', 'http://[::ffff:10.0.0.1]/'],
  ])('%s covers %s', (list, url) => {
    expect(isDirect(list, url)).toBe(true);
  });

  it.each([
    ['', 'https://hub.example/'],
    [',, ', 'https://hub.example/'],
    ['.', 'https://hub.example/'],
    ['hub.example', 'https://nothub.example/'],
    ['hub.example', 'https://hub.example.org/'],
    ['*.hub.example', 'https://hub.example/'],
    ['hub.example:80', 'https://hub.example/'],
    ['hub.example:8443', 'https://hub.example/'],
    ['10.0.0.0/8', 'http://11.0.0.1/'],
    ['10.0.0.0/8', 'http://10.example/'],
    ['10.0.0.1', 'http://10.0.0.10/'],
    ['fd00::/8', 'http://10.0.0.1/'],
    ['300.0.0.0/8', 'http://10.0.0.1/'],
    ['[fd00::1]:8080', 'http://[fd00::1]/'],
  ])('%s does not cover %s', (list, url) => {
    expect(isDirect(list, url)).toBe(false);
  });
});
