import { describe, expect, it } from 'vitest';
import { createConnectionCount, type ConnectionCount } from './connection-count.ts';

const MB = 1_000_000;

/** Lets bytes come for a while, at what `rateOf` says of so many connections. */
function bench(
  max: number,
  rateOf: (connections: number) => number,
): { readonly count: ConnectionCount; readonly run: (ms: number) => void } {
  let nowMs = 0;
  const count = createConnectionCount({
    max,
    clock: { now: () => 0, monotonicMs: () => nowMs, sleep: async () => {} },
  });
  return {
    count,
    run(ms) {
      for (const endMs = nowMs + ms; nowMs < endMs; nowMs += 10) count.note(rateOf(count.wanted) / 100, count.wanted);
    },
  };
}

describe('the number of connections', () => {
  it('grows to what is allowed while each adds to the rate', () => {
    const { count, run } = bench(8, (connections) => connections * 20 * MB);
    expect(count.wanted).toBe(1);
    run(2_500);
    expect(count.wanted).toBe(8);
    run(60_000);
    expect(count.wanted).toBe(8);
  });

  it('goes back to where more of them brought nothing', () => {
    const { count, run } = bench(8, (connections) => Math.min(connections, 2) * 20 * MB);
    run(5_000);
    expect(count.wanted).toBe(2);
  });

  it('stays at one where that is as fast as the machine', () => {
    const { count, run } = bench(8, () => 800 * MB);
    run(60_000);
    expect(count.wanted).toBe(1);
  });

  it('tries again after a while', () => {
    let perConnection = 0;
    const { count, run } = bench(4, (connections) => 20 * MB + connections * perConnection);
    run(3_000);
    expect(count.wanted).toBe(1);
    perConnection = 20 * MB;
    run(20_000);
    expect(count.wanted).toBe(4);
  });

  it('is halved by an overload, and does not grow again at once', () => {
    const { count, run } = bench(8, (connections) => connections * 20 * MB);
    run(2_500);
    count.backOff();
    expect(count.wanted).toBe(4);
    run(5_000);
    expect(count.wanted).toBe(4);
    count.backOff();
    count.backOff();
    count.backOff();
    expect(count.wanted).toBe(1);
  });

  it('says nothing of connections that are not there', () => {
    const { count, run } = bench(8, (connections) => connections * 20 * MB);
    run(400);
    expect(count.wanted).toBe(2);
    for (let index = 0; index < 1_000; index += 1) count.note(MB, 1);
    expect(count.wanted).toBe(2);
  });
});
