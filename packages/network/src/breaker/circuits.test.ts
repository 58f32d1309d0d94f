import { describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { createTestClock } from '../fixtures/test-clock.ts';
import { createCircuits, type Circuits } from './circuits.ts';
import type { Outcome } from './outcome.ts';

const url = new URL('https://hub.example/api/models?token=canary');
const { origin } = url;

const settleAll = async (circuits: Circuits, outcomes: readonly Outcome[], at = url): Promise<void> => {
  for (const outcome of outcomes) await (await circuits.enter(at, 'api')).settle(outcome);
};
const times = (count: number, outcome: Outcome): Outcome[] => Array.from({ length: count }, () => outcome);

const setup = () => {
  const clock = createTestClock();
  const circuits = createCircuits(clock);
  const retryAfter = async (): Promise<number> =>
    (await caught('network.circuit-open', circuits.enter(url, 'api'))).facts.retryAfterMs;
  return { clock, circuits, retryAfter };
};

describe('when it opens', () => {
  it('needs ten attempts', async () => {
    const { circuits, retryAfter } = setup();
    await settleAll(circuits, times(9, 'failure'));
    expect(circuits.isOpen(origin)).toBe(false);
    await settleAll(circuits, ['failure']);
    expect(circuits.isOpen(origin)).toBe(true);
    expect(await retryAfter()).toBe(15_000);
    circuits.close();
  });

  it('opens when exactly half of them fail, and not below', async () => {
    const half = setup();
    await settleAll(half.circuits, [...times(5, 'success'), ...times(5, 'failure')]);
    expect(half.circuits.isOpen(origin)).toBe(true);
    const less = setup();
    await settleAll(less.circuits, [...times(6, 'success'), ...times(5, 'failure')]);
    expect(less.circuits.isOpen(origin)).toBe(false);
    await settleAll(less.circuits, ['failure']);
    expect(less.circuits.isOpen(origin)).toBe(true);
  });

  it('forgets what is older than thirty seconds', async () => {
    const { clock, circuits } = setup();
    await settleAll(circuits, times(9, 'failure'));
    clock.advance(31_000);
    await settleAll(circuits, times(9, 'failure'));
    expect(circuits.isOpen(origin)).toBe(false);
    clock.advance(20_000);
    await settleAll(circuits, ['failure']);
    expect(circuits.isOpen(origin)).toBe(true);
  });

  it('does not count neutral outcomes at all', async () => {
    const { circuits } = setup();
    await settleAll(circuits, [...times(50, 'neutral'), ...times(9, 'failure'), ...times(50, 'neutral')]);
    expect(circuits.isOpen(origin)).toBe(false);
    await settleAll(circuits, ['failure']);
    expect(circuits.isOpen(origin)).toBe(true);
  });

  it('counts an attempt once, and when it ends', async () => {
    const { circuits } = setup();
    const attempts = await Promise.all(Array.from({ length: 10 }, () => circuits.enter(url, 'api')));
    const [first] = attempts;
    for (let index = 0; index < 10; index += 1) await first?.settle('failure');
    expect(circuits.isOpen(origin)).toBe(false);
    for (const attempt of attempts) await attempt.settle('failure');
    expect(circuits.isOpen(origin)).toBe(true);
  });

  it('keeps origins and classes apart', async () => {
    const { circuits } = setup();
    await settleAll(circuits, times(10, 'failure'));
    await (await circuits.enter(url, 'cdn')).settle('success');
    await (await circuits.enter(new URL('https://other.example/'), 'api')).settle('success');
    expect([circuits.isOpen(origin), circuits.isOpen('https://other.example')]).toEqual([true, false]);
  });

  it('says so in a typed error without secrets', async () => {
    const { circuits } = setup();
    await settleAll(circuits, times(10, 'failure'));
    const error = await caught('network.circuit-open', circuits.enter(url, 'api'));
    expect(error.facts).toEqual({
      url: 'https://hub.example/api/models?…',
      endpointClass: 'api',
      retryAfterMs: 15_000,
    });
    expect(error.hint).toContain('15 s');
    expect(JSON.stringify(error)).not.toContain('canary');
  });
});

describe('how it closes again', () => {
  const opened = async () => {
    const context = setup();
    await settleAll(context.circuits, times(10, 'failure'));
    return context;
  };

  it('lets one probe through after fifteen seconds, and closes when that succeeds', async () => {
    const { clock, circuits, retryAfter } = await opened();
    clock.advance(14_999);
    expect(await retryAfter()).toBe(1);
    clock.advance(1);
    expect(circuits.isOpen(origin)).toBe(false);
    const probe = await circuits.enter(url, 'api');
    expect([await retryAfter(), circuits.isOpen(origin)]).toEqual([1_000, true]);
    await probe.settle('success');
    await settleAll(circuits, times(9, 'failure'));
    expect(circuits.isOpen(origin)).toBe(false);
  });

  it('waits twice as long after each failed probe, up to five minutes, and fifteen seconds again after a close', async () => {
    const { clock, circuits, retryAfter } = await opened();
    const waits: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      const waitMs = await retryAfter();
      waits.push(waitMs);
      clock.advance(waitMs);
      await settleAll(circuits, ['failure']);
    }
    expect(waits).toEqual([15_000, 30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
    clock.advance(300_000);
    await settleAll(circuits, ['success', ...times(10, 'failure')]);
    expect(await retryAfter()).toBe(15_000);
  });

  it('opens again, for no longer than before, after a probe that says nothing', async () => {
    const { clock, circuits, retryAfter } = await opened();
    clock.advance(15_000);
    await settleAll(circuits, ['neutral']);
    expect(await retryAfter()).toBe(15_000);
    clock.advance(15_000);
    await settleAll(circuits, ['failure']);
    expect(await retryAfter()).toBe(30_000);
    clock.advance(30_000);
    await settleAll(circuits, ['neutral']);
    expect(await retryAfter()).toBe(30_000);
  });

  it('lets another probe through when the first takes too long, and believes whichever ends first', async () => {
    const { clock, circuits } = await opened();
    clock.advance(15_000);
    const hung = await circuits.enter(url, 'api');
    clock.advance(30_000);
    const second = await circuits.enter(url, 'api');
    await second.settle('success');
    expect(circuits.current.current).toEqual([]);
    await hung.settle('failure');
    await settleAll(circuits, times(9, 'failure'));
    expect(circuits.isOpen(origin)).toBe(false);
  });

  it('does not believe what was sent before it opened', async () => {
    const { clock, circuits } = setup();
    const early = await circuits.enter(url, 'api');
    const earlier = await circuits.enter(url, 'api');
    await settleAll(circuits, times(10, 'failure'));
    await early.settle('success');
    expect(circuits.isOpen(origin)).toBe(true);
    clock.advance(15_000);
    const probe = await circuits.enter(url, 'api');
    await earlier.settle('success');
    expect(circuits.current.current).toMatchObject([{ state: 'half-open' }]);
    await probe.settle('failure');
    expect(circuits.isOpen(origin)).toBe(true);
  });
});

describe('what can be watched', () => {
  it('tells each change, as plain data', async () => {
    const { clock, circuits } = setup();
    const seen: unknown[] = [];
    circuits.current.subscribe((statuses) => seen.push(structuredClone(statuses)));
    await settleAll(circuits, times(10, 'failure'));
    const openedAtMs = clock.now();
    clock.advance(15_000);
    await settleAll(circuits, ['success']);
    const endpointClass = 'api';
    expect(seen).toEqual([
      [{ origin, endpointClass, state: 'open', retryAtMs: openedAtMs + 15_000 }],
      [{ origin, endpointClass, state: 'half-open', retryAtMs: openedAtMs + 45_000 }],
      [],
    ]);
  });

  it('keeps 256 circuits and nothing running', async () => {
    const { circuits } = setup();
    await settleAll(circuits, times(10, 'failure'));
    for (let index = 0; index < 256; index += 1) {
      await settleAll(circuits, ['success'], new URL(`https://hub-${index}.example/`));
    }
    expect(circuits.isOpen(origin)).toBe(false);
    await settleAll(circuits, times(9, 'failure'));
    expect(circuits.isOpen(origin)).toBe(false);
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    circuits.close();
    const after = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    expect(after).toBeLessThanOrEqual(before);
  });

  it('lets through whatever still comes when it is closed', async () => {
    const { circuits } = setup();
    await settleAll(circuits, times(10, 'failure'));
    circuits.close();
    await settleAll(circuits, times(20, 'failure'));
    expect(circuits.isOpen(origin)).toBe(false);
  });
});
