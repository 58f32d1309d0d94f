import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../client/create-http-client.ts';
import { caught } from '../fixtures/caught.ts';
import { createTestClock } from '../fixtures/test-clock.ts';
import { startServer, startTcpServer } from '../fixtures/test-server.ts';
import { createRetryBudget } from './retry-budget.ts';

const origin = 'https://hub.example';

describe('createRetryBudget', () => {
  it('allows ten retries a minute, however few requests there are', () => {
    const clock = createTestClock();
    const budget = createRetryBudget(clock);
    const takeAll = (): number => {
      let taken = 0;
      while (taken < 1_000 && budget.takeRetry(origin)) taken += 1;
      return taken;
    };
    expect(takeAll()).toBe(10);
    expect(budget.takeRetry('https://other.example')).toBe(true);
    clock.advance(49_000);
    expect(takeAll()).toBe(0);
    clock.advance(11_000);
    expect(takeAll()).toBe(10);
  });

  it('allows a fifth of the requests of the last minute', () => {
    const clock = createTestClock();
    const budget = createRetryBudget(clock);
    for (let index = 0; index < 100; index += 1) budget.noteRequest(origin);
    let taken = 0;
    while (taken < 1_000 && budget.takeRetry(origin)) taken += 1;
    expect(taken).toBe(20);
    clock.advance(60_000);
    expect(budget.takeRetry(origin)).toBe(true);
  });

  it('takes other figures', () => {
    const budget = createRetryBudget(createTestClock(), { share: 0.5, minimum: 0 });
    expect(budget.takeRetry(origin)).toBe(false);
    budget.noteRequest(origin);
    expect([budget.takeRetry(origin), budget.takeRetry(origin)]).toEqual([true, false]);
  });

  it('forgets the origins that were used longest ago', () => {
    const budget = createRetryBudget(createTestClock(), { minimum: 1 });
    budget.takeRetry(origin);
    for (let index = 0; index < 1_000; index += 1) budget.noteRequest(`https://hub-${index}.example`);
    expect(budget.takeRetry(origin)).toBe(true);
  });
});

describe('a client', () => {
  const setup = (minimum: number) => {
    const clock = createTestClock();
    const http = createHttpClient({
      clock,
      random: () => 0.5,
      privateOrigins: 'all',
      circuitBreaker: false,
      retryBudget: { minimum },
    });
    return { clock, http };
  };

  it('answers what the server said, or throws what broke, once the budget is used up', async () => {
    await using server = await startServer((_request, response, number) => response.writeHead(503).end(`${number}`));
    const { http } = setup(3);
    expect((await http.text({ url: server.origin })).text).toBe('3');
    expect((await http.text({ url: server.origin })).text).toBe('5');
    expect((await http.text({ url: server.origin })).text).toBe('6');
    await using broken = await startTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    for (const attempts of [3, 2, undefined]) {
      const error = await caught('network.connection', http.request({ url: broken.origin }));
      expect(error.facts.attempts).toBe(attempts);
    }
    await http.close();
  });

  it('does not charge a retry for which the server named a time', async () => {
    await using server = await startServer((_request, response, number) =>
      response.writeHead(number < 3 ? 429 : 200, number < 3 ? { 'retry-after': '4' } : {}).end(),
    );
    const { http } = setup(0);
    expect((await http.request({ url: server.origin })).status).toBe(200);
    await http.close();
  });
});
