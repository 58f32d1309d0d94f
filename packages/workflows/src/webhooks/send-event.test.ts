import { createLatestValue, ModelkeepError, systemClock } from '@modelkeep/core';
import type { Connectivity } from '@modelkeep/network';
import { expect, it } from 'vitest';
import { sendEvent } from './send-event.ts';
import type { DeliveryEnd } from './webhook-table.ts';

const url = 'https://receiver.example/hook';

/** What comes of an attempt where the receiver's name is not found. */
function attempt(connectivity: Connectivity, attempts: number): Promise<DeliveryEnd> {
  const request = (): Promise<never> => {
    const facts = { url, systemCode: 'ENOTFOUND' };
    return Promise.reject(new ModelkeepError('network.offline', { message: 'nobody knows it', facts }));
  };
  const http = { request, connectivity: createLatestValue(connectivity) };
  const kept = JSON.stringify({ url, secret: `whsec_${Buffer.alloc(24, 7).toString('base64')}` });
  const secrets = { get: () => Promise.resolve(kept), set: () => Promise.resolve(), delete: () => Promise.resolve() };
  const delivery = { seq: 1, eventId: 'msg_1', body: '{}', attempts };
  const { signal } = new AbortController();
  return sendEvent({ http, secrets, clock: systemClock, random: () => 0 }, { webhookId: 'w', delivery, signal });
}

it('a receiver whose name nobody knows is given up in the end, and a machine without a network gives up nobody', async () => {
  expect(await attempt('offline', 9)).toMatchObject({ kind: 'later' });
  expect(await attempt('online', 0)).toMatchObject({
    kind: 'failed',
    failure: { status: null, code: 'network.offline' },
    again: expect.any(Number) as number,
  });
  expect(await attempt('online', 9)).toMatchObject({ kind: 'failed', again: null });
});
