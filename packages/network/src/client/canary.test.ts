import { inspect } from 'node:util';
import type { Logger } from '@modelkeep/core';
import { expect, it } from 'vitest';
import { createTestClock } from '../fixtures/test-clock.ts';
import { startServer, startTcpServer } from '../fixtures/test-server.ts';
import { createHttpClient } from './create-http-client.ts';

const TOKEN = 'canary-4f1d9b2c';

it('shows a token in no error and no log line, whatever goes wrong', async () => {
  const output: unknown[] = [];
  const note = (message: string, facts?: unknown): void => void output.push(message, facts);
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  await using broken = await startTcpServer((socket) => socket.once('data', () => socket.destroy()));
  await using server = await startServer((request, response) => {
    const signed = `?Signature=${TOKEN}`;
    const location = {
      '/loop': `/loop${signed}`,
      '/scheme': `ftp://x/${signed}`,
      '/broken': `${broken.origin}/${signed}`,
    };
    const path = request.url?.split('?')[0] ?? '';
    if (path in location) response.writeHead(302, { location: location[path as keyof typeof location] }).end();
    else if (path === '/api/limited') response.writeHead(429, { 'retry-after': '9999' }).end();
    else if (path === '/failing') response.writeHead(500).end(request.headers.authorization);
    else if (path === '/html') response.writeHead(200, { 'content-type': 'text/html' }).end();
    else if (path === '/json') response.writeHead(200, { 'content-type': 'application/json' }).end(`{"${TOKEN}`);
  });
  await using http = createHttpClient({
    clock: createTestClock(),
    privateOrigins: 'all',
    logger,
    credentialsFor: () => `Bearer ${TOKEN}`,
  });
  const paths = ['/loop', '/scheme', '/broken', '/api/limited', '/failing', '/html', '/json', '/hang'];
  const outcomes = await Promise.allSettled(
    paths.map((path) =>
      http.json({
        url: `${server.origin}${path}?token=${TOKEN}`,
        headers: { 'x-key': TOKEN },
        timeouts: { headersTimeoutMs: path === '/hang' ? 30 : undefined },
      }),
    ),
  );
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected')
      output.push(outcome.reason, (outcome.reason as Error).stack, JSON.stringify(outcome.reason));
  }
  expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(7);
  expect(output.length).toBeGreaterThan(30);
  expect(inspect(output, { depth: 20, showHidden: true })).not.toContain(TOKEN);
});
