import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { MiB } from '../fixtures/workbench.test-helper.ts';
import { openDesk, until } from './desk.test-helper.ts';

describe('an end before the end', () => {
  it('by cancel removes what is there and leaves the other files alone', async () => {
    await using desk = await openDesk({ filesAtOnce: 2 });
    const files = ['a', 'b', 'c'].map((name) => desk.file(name, 3 * MiB, { holdAfterBytes: 2 * MiB }));
    const job = desk.transfers.addAll(files);
    const [a, b, c] = job.transfers;
    await until(() => job.progress.current.bytesOnDisk === 4 * MiB);
    await Promise.all([a?.cancel(), c?.cancel()]);
    await a?.cancel();
    await expect(a?.result).rejects.toMatchObject({ name: 'AbortError' });
    expect(await desk.names()).toEqual(['2.journal', '2.part']);
    await b?.pause();
    await writeFile(files[2]?.part ?? '', 'left by another process');
    desk.server.release();
    b?.resume();
    const { outcomes } = await job.result;
    expect(outcomes.map(({ state }) => state)).toEqual(['cancelled', 'done', 'cancelled']);
    expect(a?.progress.current).toMatchObject({ state: 'cancelled', phase: 'ended' });
  });

  it('by cancel of the job removes all of it, what an earlier process left included', async () => {
    await using desk = await openDesk({ filesAtOnce: 1 });
    const files = ['a', 'b'].map((name) => desk.file(name, 3 * MiB, { holdAfterBytes: 2 * MiB }));
    await writeFile(files[1]?.part ?? '', 'left by another process');
    const job = desk.transfers.addAll(files);
    await until(() => job.transfers[0]?.progress.current.bytesOnDisk === 2 * MiB);
    await job.cancel();
    await expect(job.result).rejects.toMatchObject({ name: 'AbortError' });
    expect(job.progress.current.state).toBe('cancelled');
    expect(await desk.names()).toEqual([]);
  });

  it('by the signal keeps what is there, and throws the reason as it is', async () => {
    await using desk = await openDesk();
    const file = desk.file('a', 3 * MiB, { holdAfterBytes: 2 * MiB });
    const reason = { my: 'reason' };
    const stop = new AbortController();
    const job = desk.transfers.addAll([file], { signal: stop.signal });
    await until(() => job.progress.current.bytesOnDisk === 2 * MiB);
    stop.abort(reason);
    await expect(job.result).rejects.toBe(reason);
    await expect(job.transfers[0]?.result).rejects.toBe(reason);
    expect(job.progress.current.state).toBe('stopped');
    await expect(desk.transfers.add(file, { signal: stop.signal }).result).rejects.toBe(reason);
    desk.server.release();
    expect(await desk.transfers.add(file).result).toMatchObject({ resumedFromBytes: 2 * MiB });
  });

  it('by closing keeps what is there; nothing is added after that', async () => {
    await using desk = await openDesk();
    const file = desk.file('a', 3 * MiB, { holdAfterBytes: 2 * MiB });
    const transfer = desk.transfers.add(file);
    await until(() => transfer.progress.current.bytesOnDisk === 2 * MiB);
    await desk.transfers.close();
    expect(transfer.progress.current.state).toBe('stopped');
    await expect(transfer.result).rejects.toMatchObject({ name: 'AbortError' });
    expect(await desk.names()).toEqual(['1.journal', '1.part']);
    expect(() => desk.transfers.add(file)).toThrow(expect.objectContaining({ code: 'core.closed' }));
  });
});

describe('a failure', () => {
  it('ends the other files of its job, and they keep what they have', async () => {
    await using desk = await openDesk();
    const bad = desk.file('bad', 2_000, { status: 404 });
    const good = desk.file('good', 3 * MiB, { holdAfterBytes: 2 * MiB });
    const other = desk.transfers.add(desk.file('other', 3 * MiB, { holdAfterBytes: 10 }));
    const job = desk.transfers.addAll([good]);
    await until(() => job.progress.current.bytesOnDisk === 2 * MiB);
    await job.pause();
    const both = desk.transfers.addAll([good, bad]);
    await expect(both.result).rejects.toMatchObject({ code: 'network.status', facts: { status: 404 } });
    expect(both.transfers.map(({ progress }) => progress.current.state)).toEqual(['stopped', 'failed']);
    await expect(both.transfers[0]?.result).rejects.toMatchObject({ code: 'network.status' });
    expect(both.progress.current).toMatchObject({ state: 'failed', filesFailed: 1 });
    expect(other.progress.current.state).toBe('running');
    desk.server.release();
    job.resume();
    expect(await job.result).toMatchObject({ bytesFetched: 3 * MiB });
    await other.result;
  });

  it('of the last file of a job is that of the job', async () => {
    await using desk = await openDesk();
    const bad = desk.file('bad', 2_000, { status: 404 });
    const job = desk.transfers.addAll([bad]);
    await expect(job.result).rejects.toMatchObject({ code: 'network.status' });
    expect(job.progress.current).toMatchObject({ state: 'failed', filesFailed: 1 });
    await expect(desk.transfers.add(bad).result).rejects.toMatchObject({ code: 'network.status' });
  });

  it('leaves them alone when that is asked for', async () => {
    await using desk = await openDesk();
    const failure = new Error('no place');
    const files = [
      desk.file('bad', 2_000, { status: 404 }),
      { ...desk.file('undeliverable', 2_000), deliver: () => Promise.reject(failure) },
      desk.file('good', 2_000),
    ];
    const { outcomes } = await desk.transfers.addAll(files, { onError: 'continue' }).result;
    expect(outcomes).toMatchObject([
      { file: 'bad', state: 'failed', error: { code: 'network.status' } },
      { file: 'undeliverable', state: 'failed', error: failure },
      { file: 'good', state: 'done' },
    ]);
  });
});
