import { ModelkeepError } from '@modelkeep/core';
import { expect, it } from 'vitest';
import { judge } from './library-handlers.ts';

it('takes a person, a network that is away and a full drive for no failure, and a wrong name for a final one', () => {
  const url = 'https://hub.example/acme/x';
  const gate = { reason: 'gate', url } as const;
  expect(judge(new ModelkeepError('workflows.waiting-for-user', { message: 'gated', facts: gate }))).toEqual({
    kind: 'wait-for-user',
    waiting: gate,
  });
  expect(
    judge(new ModelkeepError('network.offline', { message: 'off', facts: { url, systemCode: 'ENETUNREACH' } })),
  ).toMatchObject({ kind: 'postpone' });
  expect(
    judge(new ModelkeepError('network.rate-limited', { message: 'slow', facts: { url, retryAfterMs: 7_000 } })),
  ).toEqual({ kind: 'postpone', delayMs: 7_000 });
  expect(judge(new ModelkeepError('io.disk-full', { message: 'full', facts: { path: '/a' } }))).toEqual({
    kind: 'pause',
  });
  expect(judge(new ModelkeepError('library.read-only', { message: 'no', facts: { root: '/a' } }))).toMatchObject({
    kind: 'fail',
    final: true,
  });
  expect(judge(new Error('odd'))).toBeNull();
});
