import type { Clock } from '@modelkeep/core';
import { createHttpClient } from '@modelkeep/network';
import { startHub } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { createHubClient } from './create-hub-client.ts';

it('stays within the limits of a hub, so that it never sees a 429', async () => {
  let nowMs = 0;
  let slept = 0;
  const clock: Clock = {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    async sleep(ms) {
      nowMs += ms;
      slept += 1;
      await Promise.resolve();
    },
  };
  const content = Buffer.from('{}');
  await using hub = await startHub({
    repos: [{ id: 'acme/tiny', files: [{ path: 'config.json', content }] }],
    rateLimit: { windowMs: 60_000, anonymous: { api: 3, resolvers: 2 } },
    clock,
  });
  await using http = createHttpClient({ clock, privateOrigins: 'all' });
  const client = createHubClient({ http, endpoint: hub.hubUrl });
  for (let round = 0; round < 7; round += 1) {
    await client.repoInfo('acme/tiny');
    await client.resolveFile('acme/tiny', 'config.json', { revision: 'main' });
  }
  expect(hub.requests.map((request) => request.status)).not.toContain(429);
  expect(hub.requests).toHaveLength(14);
  expect(slept).toBeGreaterThan(0);
});
