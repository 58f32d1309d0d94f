import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { bytesOf, get } from '../fixtures/test-transports.ts';
import { createUndiciTransport, type UndiciTransport } from '../transport/undici-transport.ts';

/** Ways to write this machine; what a URL parser, a resolver or a kernel takes for it. */
const THIS_MACHINE = [
  '127.0.0.1',
  '127.0.0.2',
  '127.255.255.254',
  '127.1',
  '127.0.1',
  '127.000.000.001',
  '127.0.0.1.',
  '127.1.',
  '0x7f000001',
  '0X7F000001',
  '0x7f.0x0.0x0.0x1',
  '0x7f.1',
  '0x7f.0.1',
  '0x7f.0.0.0x01',
  '0x000000007f.1',
  '2130706433',
  '2130706433.',
  '017700000001',
  '0177.0.0.1',
  '0177.1',
  '00000177.0.0.1',
  '0177.0x0.0.1',
  '127.0x0.0.1',
  '%31%32%37.0.0.1',
  '127%2e0%2e0%2e1',
  '127。0。0。1',
  '127．0．0．1',
  '127｡0｡0｡1',
  '①②⑦.⓪.⓪.①',
  '１２７.０.０.１',
  '𝟏𝟐𝟕.𝟎.𝟎.𝟏',
  '0.0.0.0',
  '0',
  '0x0',
  '0.0',
  '00.0x0.0',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[0000:0000:0000:0000:0000:0000:0000:0001]',
  '[::0:1]',
  '[::0.0.0.1]',
  '[::]',
  '[0:0:0:0:0:0:0:0]',
  '[::0.0.0.0]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::FFFF:7F00:0001]',
  '[0:0:0:0:0:ffff:127.0.0.1]',
  '[::ffff:0.0.0.0]',
  '[::ffff:0:0]',
  '[::127.0.0.1]',
  '[::7f00:1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::127.0.0.1]',
  '[2002:7f00:1::]',
  '[2002:7f00:0001::1]',
  '[2001:0:7f00:1::]',
  'localhost',
  'LOCALHOST',
  'LocalHost.',
  'localhost.',
  'loc%61lhost',
  'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
  'ｌｏｃａｌｈｏｓｔ',
  'a.localhost',
  'a.b.localhost.',
  'localhost.localdomain',
  'ip6-localhost',
  'ip6-loopback',
  'loopback',
];

/** Ways to write the network around this machine, or what is no public host. */
const AROUND = [
  '10.0.0.1',
  '10.255.255.255',
  '0x0a000001',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '3232235521',
  '192.168.1',
  '169.254.169.254',
  '169.254.0.1',
  '0xa9fea9fe',
  '2852039166',
  '0251.0376.0251.0376',
  '169.254.43518',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::169.254.169.254]',
  '[2002:a9fe:a9fe::]',
  '[2002:c0a8:1::]',
  '[fd00:ec2::254]',
  '[fc00::1]',
  '[fdff:ffff::1]',
  '[fe80::1]',
  '[febf::1]',
  '[fec0::1]',
  '[ff02::1]',
  '[ff0e::1]',
  '100.64.0.1',
  '100.100.100.200',
  '100.127.255.255',
  '192.0.0.1',
  '192.0.0.192',
  '192.0.2.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '0.1.2.3',
  '[2001:db8::1]',
  '[3fff::1]',
  '[100::1]',
  '[4000::1]',
  '[5f00::1]',
  'metadata.google.internal',
  'metadata',
  'router',
  'printer.local',
  'nas.home.arpa',
  'db.internal.',
];

describe('a private address without a grant', () => {
  const connections = { value: 0 };
  const servers: Server[] = [];
  let port = 0;
  let transport: UndiciTransport;

  const listen = async (host: string, at: number): Promise<void> => {
    const server = createServer((_request, response) => response.end('reached'));
    server.on('connection', () => {
      connections.value += 1;
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(at, host, resolve));
    servers.push(server);
    ({ port } = server.address() as AddressInfo);
  };

  beforeAll(async () => {
    await listen('0.0.0.0', 0);
    // A machine without IPv6 has nothing there that could be reached.
    await listen('::', port).catch(() => {});
    transport = createUndiciTransport({ http2: false });
  });
  beforeEach(() => {
    connections.value = 0;
  });
  afterAll(async () => {
    await transport.close();
    for (const server of servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it.each([...THIS_MACHINE, ...AROUND])('is refused: %s', async (host) => {
    const url = `http://${host}:${port}/?token=secret`;
    const error = await caught('network.blocked', transport.send({ method: 'GET', url, headers: {} }));
    expect(error.facts.url).toBe(`${new URL(url).origin}/?…`);
    expect(error.hint).toContain(`privateOrigins: ['${new URL(url).origin}/']`);
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(connections.value).toBe(0);
  });

  it('would have been reached otherwise', async () => {
    expect(new Set([...THIS_MACHINE, ...AROUND]).size).toBeGreaterThanOrEqual(120);
    for (const host of [
      '127.0.0.1',
      '127.1',
      '0x7f000001',
      '2130706433',
      '0',
      '127。0。0。1',
      'localhost',
      '[::ffff:7f00:1]',
    ]) {
      const response = await transport.send(get(`http://${host}:${port}/`));
      expect([host, (await bytesOf(response)).toString()]).toEqual([host, 'reached']);
    }
    expect(connections.value).toBeGreaterThan(0);
  });
});
