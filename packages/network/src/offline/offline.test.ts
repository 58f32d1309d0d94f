import { ModelkeepError, type HttpRequest, type HttpResponse, type HttpTransport } from '@modelkeep/core';
import { expect, it } from 'vitest';
import { createHttpClient } from '../client/create-http-client.ts';
import { caught } from '../fixtures/caught.ts';
import { createTestClock } from '../fixtures/test-clock.ts';
import { startServer } from '../fixtures/test-server.ts';
import { createUndiciTransport } from '../transport/undici-transport.ts';

/** A machine whose network can be unplugged; loopback works all the same. */
const createCable = () => {
  const undici = createUndiciTransport();
  const sent: HttpRequest[] = [];
  const cable = { isPlugged: false, sent };
  const transport: HttpTransport = {
    async send(request): Promise<HttpResponse> {
      const { hostname } = new URL(request.url);
      if (hostname === '127.0.0.1') return undici.send(request);
      sent.push(request);
      if (!cable.isPlugged) {
        throw new ModelkeepError('network.offline', {
          message: 'no network',
          facts: { url: 'https://hub.example/', systemCode: 'ENETUNREACH' },
        });
      }
      return { status: 200, headers: {}, body: (async function* () {})() };
    },
    close: () => undici.close(),
  };
  return { cable, transport };
};

it('fails fast without attempts while offline, asks loopback, and comes back', async () => {
  await using server = await startServer((_request, response) => response.end('here'));
  const clock = createTestClock();
  const { cable, transport } = createCable();
  await using http = createHttpClient({ clock, transport, privateOrigins: [server.origin] });
  const url = 'https://hub.example/api';
  const states: string[] = [];
  http.connectivity.subscribe((state) => states.push(state));
  for (let index = 0; index < 20; index += 1) {
    const error = await caught('network.offline', http.json({ url: `${url}/${index}` }));
    expect(error.facts.systemCode).toBe('ENETUNREACH');
  }
  expect([cable.sent.length, clock.sleeps, states]).toEqual([1, [], ['offline']]);
  expect((await http.text({ url: server.origin })).text).toBe('here');
  expect([http.isCircuitOpen('https://hub.example'), http.circuits.current]).toEqual([false, []]);
  cable.isPlugged = true;
  clock.advance(3_000);
  expect((await http.text({ url })).status).toBe(200);
  expect((await http.text({ url })).status).toBe(200);
  expect(states).toEqual(['offline', 'online']);
  await transport.close?.();
});

it('asks the origin that failed, without credentials, until it answers', async () => {
  const { cable, transport } = createCable();
  await using http = createHttpClient({ transport, credentialsFor: () => 'Bearer canary-4f1d' });
  await caught('network.offline', http.json({ url: 'https://hub.example/api?token=canary-4f1d' }));
  cable.isPlugged = true;
  const { promise, resolve } = Promise.withResolvers<void>();
  http.connectivity.subscribe((state) => state === 'online' && resolve());
  await promise;
  const [, probe] = cable.sent;
  expect(probe).toMatchObject({ method: 'HEAD', url: 'https://hub.example/', privateAddresses: 'refuse' });
  expect(JSON.stringify(probe?.headers)).not.toContain('canary');
  await transport.close?.();
});
