import { describe, expect, it } from 'vitest';
import { createBodyQueue } from './body-queue.ts';

const chunk = (bytes: number): Uint8Array => new Uint8Array(bytes);

function recorded(): {
  calls: string[];
  queue: ReturnType<typeof createBodyQueue>;
  iterator: AsyncIterator<Uint8Array>;
} {
  const calls: string[] = [];
  const queue = createBodyQueue({
    pause: () => calls.push('pause'),
    resume: () => calls.push('resume'),
    release: () => calls.push('release'),
  });
  return { calls, queue, iterator: queue.body[Symbol.asyncIterator]() };
}

describe('createBodyQueue', () => {
  it('pauses once above the high water mark and resumes below the low one', async () => {
    const { calls, queue, iterator } = recorded();
    for (let index = 0; index < 5; index += 1) queue.push(chunk(16_384));
    expect(calls).toEqual(['pause']);
    for (let index = 0; index < 3; index += 1) await iterator.next();
    expect(calls).toEqual(['pause']);
    await iterator.next();
    expect(calls).toEqual(['pause', 'resume']);
  });

  it('does so too for many chunks that are small', async () => {
    const { calls, queue, iterator } = recorded();
    for (let index = 0; index < 1_023; index += 1) queue.push(chunk(1));
    expect(calls).toEqual([]);
    queue.push(chunk(1));
    expect(calls).toEqual(['pause']);
    for (let index = 0; index < 767; index += 1) await iterator.next();
    expect(calls).toEqual(['pause']);
    await iterator.next();
    expect(calls).toEqual(['pause', 'resume']);
  });

  it('serves readers that came before the chunks, in order', async () => {
    const { queue, iterator } = recorded();
    const reads = [iterator.next(), iterator.next(), iterator.next()];
    queue.push(chunk(1));
    queue.push(chunk(2));
    queue.end();
    const results = await Promise.all(reads);
    expect(results.map((result) => (result.value as Uint8Array | undefined)?.byteLength)).toEqual([1, 2, undefined]);
  });

  it('gives what is buffered before a failure, and nothing before an abort', async () => {
    const failed = recorded();
    failed.queue.push(chunk(1));
    failed.queue.fail('broken');
    expect((await failed.iterator.next()).done).toBe(false);
    await expect(failed.iterator.next()).rejects.toBe('broken');
    expect((await failed.iterator.next()).done).toBe(true);

    const aborted = recorded();
    aborted.queue.push(chunk(1));
    aborted.queue.abort('stopped');
    await expect(aborted.iterator.next()).rejects.toBe('stopped');
  });

  it('keeps a complete body complete when the abort comes late', async () => {
    const { queue, iterator } = recorded();
    queue.push(chunk(1));
    queue.end();
    queue.abort('late');
    expect((await iterator.next()).done).toBe(false);
    expect((await iterator.next()).done).toBe(true);
  });

  it('releases once on return, ends waiting readers, and ignores what comes later', async () => {
    const { calls, queue, iterator } = recorded();
    const waiting = iterator.next();
    await iterator.return?.();
    await iterator.return?.();
    queue.push(chunk(1));
    expect([(await waiting).done, (await iterator.next()).done, calls]).toEqual([true, true, ['release']]);
  });
});
