import { expect, it } from 'vitest';
import { createCancelFlags, createSeenFlags } from './cancel-flags.ts';

it('has a flag for each of any number of calls, seen by the other side, and down again for the next one', () => {
  const seen = createSeenFlags();
  let sent = 0;
  const flags = createCancelFlags((memory) => {
    sent += 1;
    seen.add(memory);
  });
  const taken = Array.from({ length: 600 }, () => flags.take());
  expect(new Set(taken).size).toBe(600);
  const few = sent;
  expect(few).toBeLessThan(10);
  const raised = taken.filter((_, index) => index % 7 === 0);
  for (const flag of raised) flags.raise(flag);
  expect(taken.filter((flag) => seen.isRaised(flag))).toEqual(raised);
  for (const flag of taken) flags.giveBack(flag);
  expect(taken.some((flag) => seen.isRaised(flag))).toBe(false);
  expect(new Set(Array.from({ length: 600 }, () => flags.take()))).toEqual(new Set(taken));
  expect(sent).toBe(few);
});

it('takes a flag that it does not know for one that is down', () => {
  expect(createSeenFlags().isRaised(3)).toBe(false);
});
