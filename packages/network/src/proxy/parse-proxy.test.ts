import { expect, it } from 'vitest';
import { parseProxy } from './parse-proxy.ts';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

it.each([
  ['http://proxy.example:3128', ['http:', 'proxy.example', 3128, undefined, 'proxy.example']],
  ['proxy.example:3128', ['http:', 'proxy.example', 3128, undefined, 'proxy.example']],
  ['http://proxy.example', ['http:', 'proxy.example', 80, undefined, 'proxy.example']],
  ['https://proxy.example/', ['https:', 'proxy.example', 443, undefined, 'proxy.example']],
  ['https://10.0.0.1:8443', ['https:', '10.0.0.1', 8443, undefined, '']],
  ['http://[::1]:3128', ['http:', '::1', 3128, undefined, '']],
  ['http://me@proxy.example', ['http:', 'proxy.example', 80, basic('me:'), 'proxy.example']],
  ['http://me:p%40ss%3A@proxy.example', ['http:', 'proxy.example', 80, basic('me:p@ss:'), 'proxy.example']],
  ['http://me:100%@proxy.example', ['http:', 'proxy.example', 80, basic('me:100%'), 'proxy.example']],
])('reads %s', (text, expected) => {
  const { protocol, hostname, port, authorization, servername } = parseProxy(text);
  expect([protocol, hostname, port, authorization, servername]).toEqual(expected);
});
