import { expect, test } from 'vitest';
import type { Answer } from '../hub/http/answer.ts';
import { applyBodyFault } from './body-faults.ts';

const context = { origin: 'cdn', method: 'GET', url: '/', originUrl: 'http://127.0.0.1:1', headers: {} } as const;

function answerOf(...chunks: readonly number[][]): Answer {
  return {
    status: 200,
    headers: {},
    body: {
      sizeBytes: chunks.flat().length,
      async *chunks() {
        for (const chunk of chunks) yield Uint8Array.from(chunk);
      },
    },
  };
}

test.each([
  [0, [1, 0, 0, 0, 0]],
  [2, [0, 0, 1, 0, 0]],
  [3, [0, 0, 0, 1, 0]],
  [4, [0, 0, 0, 0, 1]],
])('the byte %d is found in whatever chunk it is', async (offsetBytes, expected) => {
  const flipped = applyBodyFault({ kind: 'flip-bit', offsetBytes }, answerOf([0, 0], [0], [0, 0]), context);
  const found: number[] = [];
  for await (const chunk of flipped?.body?.chunks() ?? []) found.push(...chunk);
  expect(found).toEqual(expected);
});

test('the bytes of the source stay as they were', async () => {
  const bytes = Uint8Array.from([0]);
  const answer: Answer = {
    status: 200,
    headers: {},
    body: {
      sizeBytes: 1,
      async *chunks() {
        yield bytes;
      },
    },
  };
  const flipped = applyBodyFault({ kind: 'flip-bit', offsetBytes: 0, bit: 7 }, answer, context);
  for await (const chunk of flipped?.body?.chunks() ?? []) expect([...chunk]).toEqual([128]);
  expect([...bytes]).toEqual([0]);
});
