import type { Clock } from '@modelkeep/core';
import { expect, test } from 'vitest';
import { createUrlSigner } from './signed-url.ts';

const object = { repoObjectId: 'a'.repeat(24), xetHash: 'b'.repeat(64), name: 'mödel "x".safetensors' };

function signerAt(nowMs: number): { signer: ReturnType<typeof createUrlSigner>; setNow: (ms: number) => void } {
  let current = nowMs;
  const clock: Clock = { now: () => current, monotonicMs: () => current, sleep: () => Promise.resolve() };
  return {
    signer: createUrlSigner({ validSeconds: 60, clock }),
    setNow: (ms) => {
      current = ms;
    },
  };
}

function parts(signed: string): [string, URLSearchParams] {
  const [path = '', query = ''] = signed.split('?');
  return [path, new URLSearchParams(query)];
}

test('a signed URL is valid until its time is over', () => {
  const { setNow, signer } = signerAt(1_000_000);
  const [path, query] = parts(signer.sign(object));
  const { repoObjectId, xetHash } = object;
  expect(signer.check(path, query)).toEqual({ state: 'valid', repoObjectId, xetHash });
  setNow(1_059_999);
  expect(signer.check(path, query).state).toBe('valid');
  setNow(1_060_000);
  expect(signer.check(path, query).state).toBe('expired');
});

test('another path, another time or another signature is invalid', () => {
  const { signer } = signerAt(1_000_000);
  const [path, query] = parts(signer.sign(object));
  expect(signer.check(path.replace('bb', 'cc'), query).state).toBe('invalid');
  expect(signer.check('/elsewhere', query).state).toBe('invalid');
  for (const [name, value] of [
    ['Expires', '99999999999'],
    ['Signature', '00'],
    ['Signature', ''],
  ] as const) {
    const changed = new URLSearchParams(query);
    changed.set(name, value);
    expect(signer.check(path, changed).state).toBe('invalid');
  }
  expect(signerAt(1_000_000).signer.check(path, query).state).toBe('invalid');
});
