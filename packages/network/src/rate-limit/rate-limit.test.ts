import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../client/create-http-client.ts';
import { caught } from '../fixtures/caught.ts';
import { createTestClock } from '../fixtures/test-clock.ts';
import { startServer } from '../fixtures/test-server.ts';

const setup = () => {
  const clock = createTestClock();
  return { clock, http: createHttpClient({ clock, privateOrigins: 'all', random: () => 0.5 }) };
};

describe('what the server asks for', () => {
  it.each([
    [{ 'retry-after': '20' }, 20_500],
    [{ 'retry-after': '20', ratelimit: '"api";r=0;t=57' }, 57_500],
    [{ 'retry-after': '90', ratelimit: '"api";r=0;t=57' }, 90_500],
  ])('a 429 with %j waits %s ms', async (headers, expected) => {
    await using server = await startServer((_request, response, number) => {
      response.writeHead(number === 1 ? 429 : 200, number === 1 ? headers : {}).end();
    });
    const { http, clock } = setup();
    expect((await http.request({ url: `${server.origin}/api/models` })).status).toBe(200);
    expect(clock.sleeps).toEqual([expected]);
    await http.close();
  });

  it('a 503 with a date waits until then', async () => {
    await using server = await startServer((_request, response, number) => {
      const headers = { date: 'Thu, 01 Jan 2026 00:00:00 GMT', 'retry-after': 'Thu, 01 Jan 2026 00:02:00 GMT' };
      response.writeHead(number === 1 ? 503 : 200, headers).end();
    });
    const { http, clock } = setup();
    await http.request({ url: server.origin });
    expect(clock.sleeps).toEqual([120_500]);
    await http.close();
  });

  it('fails rather than wait longer than ten minutes, and asks no more until then', async () => {
    await using server = await startServer((_request, response) =>
      response.writeHead(429, { 'retry-after': '601' }).end(),
    );
    const { http, clock } = setup();
    const error = await caught('network.rate-limited', http.request({ url: `${server.origin}/x?token=canary` }));
    expect(error.facts).toEqual({ url: `${server.origin}/x?…`, retryAfterMs: 601_000 });
    expect(JSON.stringify(error)).not.toContain('canary');
    clock.advance(500);
    expect((await caught('network.rate-limited', http.request({ url: server.origin }))).facts.retryAfterMs).toBe(
      600_500,
    );
    expect([server.requests.length, clock.sleeps.length]).toEqual([1, 0]);
    await http.close();
  });

  it('asks again after an hour, however long the server wants', async () => {
    await using server = await startServer((_request, response, number) => {
      response.writeHead(number === 1 ? 429 : 200, number === 1 ? { 'retry-after': '999999999' } : {}).end();
    });
    const { http, clock } = setup();
    await caught('network.rate-limited', http.request({ url: server.origin }));
    clock.advance(3_600_000);
    expect((await http.request({ url: server.origin })).status).toBe(200);
    await http.close();
  });
});

describe('before the 429', () => {
  it('waits for the next window when nothing is left, for every path of the same limit', async () => {
    await using server = await startServer((request, response, number) => {
      const bucket = request.url?.startsWith('/api') === true ? 'api' : 'resolvers';
      response.writeHead(200, { ratelimit: `"${bucket}";r=${number === 3 ? 0 : 5};t=40` }).end();
    });
    const { http, clock } = setup();
    await http.request({ url: `${server.origin}/api/models/a` });
    await http.request({ url: `${server.origin}/api/whoami-v2` });
    await http.request({ url: `${server.origin}/api/models/b` });
    expect(clock.sleeps).toEqual([]);
    await http.request({ url: `${server.origin}/org/name/resolve/main/a.bin` });
    expect(clock.sleeps).toEqual([]);
    await http.request({ url: `${server.origin}/api/whoami-v2` });
    expect(clock.sleeps).toEqual([40_500]);
    await http.close();
  });

  it('asks another origin without waiting', async () => {
    await using used = await startServer((_request, response) =>
      response.writeHead(200, { ratelimit: '"api";r=0;t=40' }).end(),
    );
    await using other = await startServer((_request, response) => response.end());
    const { http, clock } = setup();
    await http.request({ url: used.origin });
    await http.request({ url: other.origin });
    expect(clock.sleeps).toEqual([]);
    await http.close();
  });

  it('believes a later window, and not an older answer of the same one', async () => {
    const answers = ['"api";r=0;t=40', '"api";r=3;t=40', '"api";r=99;t=300'];
    await using server = await startServer((request, response) => {
      const index = Number(request.url?.slice(1));
      response.writeHead(200, { ratelimit: answers[index] ?? '"api";r=9;t=300' });
      setTimeout(() => response.end(), 0);
    });
    const { http, clock } = setup();
    await Promise.all(answers.slice(0, 2).map((_answer, index) => http.request({ url: `${server.origin}/${index}` })));
    await http.request({ url: `${server.origin}/9` });
    expect(clock.sleeps).toEqual([40_500]);
    await http.close();
  });
});
