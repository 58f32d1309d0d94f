import { expect, test } from 'vitest';
import { jsonAnswer } from '../hub/http/answer.ts';
import { createFaultBox } from './fault-box.ts';
import type { FaultContext } from './fault-context.ts';
import type { Fault, FaultTrigger } from './fault.ts';

const answer = jsonAnswer(200, {});
const context: FaultContext = {
  origin: 'cdn',
  method: 'GET',
  url: '/a%20b/model.bin?filename%3D%22x+y.gguf%22',
  originUrl: 'http://127.0.0.1:1',
  headers: {},
};
const broken: Fault = { kind: 'status', status: 503 };

function strikes(box: ReturnType<typeof createFaultBox>, count: number): (string | null)[] {
  return Array.from({ length: count }, () => box.strike(answer, context).kind);
}

test.each<[FaultTrigger, boolean]>([
  [{}, true],
  [{ origin: 'cdn' }, true],
  [{ origin: 'hub' }, false],
  [{ method: 'GET' }, true],
  [{ method: 'HEAD' }, false],
  [{ pathPattern: 'model.bin' }, true],
  [{ pathPattern: 'a b/model' }, true],
  [{ pathPattern: 'a%20b' }, true],
  [{ pathPattern: 'filename="x y.gguf"' }, true],
  [{ pathPattern: /model\.(?:bin|gguf)\?/ }, true],
  [{ pathPattern: /^model/ }, false],
  [{ origin: 'cdn', method: 'GET', pathPattern: 'nothing' }, false],
])('the trigger %o', (when, expected) => {
  const box = createFaultBox();
  const armed = box.arm({ when, fault: broken });
  expect(strikes(box, 1)).toEqual([expected ? 'status' : null]);
  expect([armed.matches, armed.hits]).toEqual(expected ? [1, 1] : [0, 0]);
});

test('a global expression strikes every time', () => {
  const box = createFaultBox();
  box.arm({ when: { pathPattern: /model/g, times: 3 }, fault: broken });
  expect(strikes(box, 4)).toEqual(['status', 'status', 'status', null]);
});

test('once by default, or from the nth request on for some times', () => {
  const box = createFaultBox();
  expect(strikes(box, 1)).toEqual([null]);
  box.arm({ fault: broken });
  expect(strikes(box, 3)).toEqual(['status', null, null]);
  box.clear();
  const armed = box.arm({ when: { nth: 3, times: 2 }, fault: broken });
  expect(strikes(box, 6)).toEqual([null, null, 'status', 'status', null, null]);
  expect([armed.matches, armed.hits]).toEqual([6, 2]);
});

test('of several faults the one armed first strikes, and the next one has its turn after it', () => {
  const box = createFaultBox();
  box.arm({ fault: broken });
  box.arm({ fault: { kind: 'html-page' } });
  const last = box.arm({ fault: { kind: 'redirect-loop' } });
  expect(strikes(box, 4)).toEqual(['status', 'html-page', 'redirect-loop', 'redirect-loop']);
  last.disarm();
  expect(strikes(box, 1)).toEqual([null]);
  expect([last.matches, last.hits]).toEqual([4, 2]);
});

test('a fault that would change nothing waits for a request that it can change', () => {
  const box = createFaultBox();
  const armed = box.arm({ fault: { kind: 'truncate', afterBytes: 100 } });
  expect(strikes(box, 2)).toEqual([null, null]);
  expect(armed.matches).toBe(0);
});

test('a malformed URL is looked at as it is', () => {
  const box = createFaultBox();
  box.arm({ when: { pathPattern: '%zz' }, fault: broken });
  expect(box.strike(answer, { ...context, url: '/%zz' }).kind).toBe('status');
});
