import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { onAbort } from './index.ts';

const listenersOf = ({ signal }: AbortController): number => getEventListeners(signal, 'abort').length;

describe('onAbort', () => {
  it('calls back once, in order, with one listener for all', () => {
    const abort = new AbortController();
    const called: number[] = [];
    for (const index of [1, 2, 3]) onAbort(abort.signal, () => called.push(index));
    expect(listenersOf(abort)).toBe(1);
    abort.abort();
    abort.abort();
    expect([called, listenersOf(abort)]).toEqual([[1, 2, 3], 0]);
  });

  it('calls nobody whose wait has ended, and leaves no listener behind', () => {
    const abort = new AbortController();
    const call = vi.fn();
    const [first, second] = [onAbort(abort.signal, call), onAbort(abort.signal, call)];
    first();
    first();
    expect(listenersOf(abort)).toBe(1);
    second();
    expect(listenersOf(abort)).toBe(0);
    const third = onAbort(abort.signal, call);
    expect(listenersOf(abort)).toBe(1);
    abort.abort();
    third();
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('calls back at once where the signal is aborted already', () => {
    const call = vi.fn();
    onAbort(AbortSignal.abort(), call)();
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('takes waits that begin and end while others are called back', () => {
    const abort = new AbortController();
    const called: string[] = [];
    onAbort(abort.signal, () => {
      called.push('first');
      onAbort(abort.signal, () => called.push('late'));
      end();
    });
    const end = onAbort(abort.signal, () => called.push('second'));
    abort.abort();
    expect(called).toEqual(['first', 'late', 'second']);
  });
});
