import { describe, expect, it } from 'vitest';
import { createLatestValue } from './latest-value.ts';
import { startOperation } from './operation.ts';
import { createRateMeter } from './rate-meter.ts';

describe('a latest value', () => {
  it('gives each consumer the latest, and may skip what lay between', async () => {
    const value = createLatestValue(0);
    const iterator = value[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ done: false, value: 0 });
    value.set(1);
    value.set(2);
    expect(await iterator.next()).toEqual({ done: false, value: 2 });
    const waiting = iterator.next();
    value.set(3);
    expect(await waiting).toEqual({ done: false, value: 3 });
    value.end();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    value.set(4);
    expect(value.current).toBe(3);
  });

  it('shows the last value to who comes after the end, once', async () => {
    const value = createLatestValue('only');
    value.end();
    const seen: string[] = [];
    for await (const item of value) seen.push(item);
    expect(seen).toEqual(['only']);
  });

  it('tells listeners until they leave', () => {
    const value = createLatestValue(0);
    const seen: number[] = [];
    const leave = value.subscribe((item) => seen.push(item));
    value.set(1);
    leave();
    value.set(2);
    expect(seen).toEqual([1]);
  });

  it('takes the same listener twice as two subscriptions', () => {
    const value = createLatestValue(0);
    const seen: number[] = [];
    const listener = (item: number): void => void seen.push(item);
    const leave = value.subscribe(listener);
    value.subscribe(listener);
    value.set(1);
    expect(seen).toEqual([1, 1]);
    leave();
    leave();
    value.set(2);
    expect(seen).toEqual([1, 1, 2]);
  });
});

describe('an operation', () => {
  it('is not failed by a listener that throws, and tells the others', async () => {
    const operation = startOperation(async (report) => {
      await Promise.resolve();
      report({ bytesDone: 5 });
      return 'done';
    });
    const seen: number[] = [];
    operation.progress.subscribe(() => {
      throw new Error('the listener is broken');
    });
    operation.progress.subscribe(({ bytesDone }) => seen.push(bytesDone));
    expect(await operation.result).toBe('done');
    expect(seen).toEqual([5]);
  });

  it('reports and gives its result to any number of readers', async () => {
    const operation = startOperation(async (report) => {
      await Promise.resolve();
      report({ phase: 'copying', bytesDone: 5 });
      return 'done';
    });
    const phases: string[] = [];
    for await (const { phase } of operation.progress) phases.push(phase);
    expect(await operation.result).toBe('done');
    expect(phases.at(-1)).toBe('copying');
    expect(operation.progress.current).toMatchObject({ bytesDone: 5, bytesTotal: 0 });
  });

  it('is no unhandled rejection when nobody looks at it', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const operation = startOperation(() => Promise.reject(new Error('failed')));
    await new Promise((resolve) => setImmediate(resolve));
    process.removeListener('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    await expect(operation.result).rejects.toThrow('failed');
  });
});

describe('the rate', () => {
  it('follows what was measured last, and forgets slowly', () => {
    const meter = createRateMeter();
    expect(meter.bytesPerSecond).toBe(0);
    meter.note(0, 0);
    meter.note(1_000, 1_000);
    expect(meter.bytesPerSecond).toBe(1_000);
    // 1,000 bytes in a second, worth half by now, and 3,000 bytes in two seconds.
    meter.note(4_000, 3_000);
    expect(meter.bytesPerSecond).toBe(1_400);
    meter.note(4_000, 3_000);
    expect(meter.bytesPerSecond).toBe(1_400);
  });

  it('starts again when the total shrinks', () => {
    const meter = createRateMeter();
    meter.note(100, 0);
    meter.note(0, 1_000);
    meter.note(50, 2_000);
    expect(meter.bytesPerSecond).toBe(50);
  });
});
