import { readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { MiB } from '../fixtures/workbench.test-helper.ts';
import { createSpaceAccount } from '../space/create-space-account.ts';
import { openDesk, until } from './desk.test-helper.ts';
import type { TransferJobSnapshot } from './transfer-job.ts';
import type { TransferSnapshot } from './transfer.ts';

describe('a job', () => {
  it('fetches its files, delivers them, and says how far it is', async () => {
    await using desk = await openDesk();
    const delivered: string[] = [];
    const files = [3_000_000, 5_000, 0, 2_000_000].map((sizeBytes, index) => ({
      ...desk.file(`f${index}`, sizeBytes),
      deliver: async ({ part }: { part: string }) => {
        delivered.push(part);
        expect((await stat(part)).size).toBe(sizeBytes);
      },
    }));
    const job = desk.transfers.addAll(files);
    expect(desk.transfers.jobs).toEqual([job]);
    const seen: TransferJobSnapshot[] = [];
    for await (const snapshot of job.progress) seen.push(structuredClone(snapshot));
    const { outcomes, bytesFetched, resumedFromBytes } = await job.result;
    expect(outcomes.map(({ file, state }) => [file, state])).toEqual(files.map(({ file }) => [file, 'done']));
    expect({ bytesFetched, resumedFromBytes }).toEqual({ bytesFetched: 5_005_000, resumedFromBytes: 0 });
    expect(delivered.toSorted()).toEqual(files.map(({ part }) => part));
    for (const { part, served } of files) expect(Buffer.compare(await readFile(part), served.bytes)).toBe(0);
    expect(seen.at(-1)).toMatchObject({
      state: 'done',
      filesDone: 4,
      filesTotal: 4,
      bytesOnDisk: 5_005_000,
      bytesVerified: 5_005_000,
      bytesTotal: 5_005_000,
      bytesPerSecond: 0,
      etaMs: null,
      running: [],
    });
    expect(seen[0]).toMatchObject({ state: 'waiting', filesDone: 0, filesTotal: 4 });
    expect(desk.transfers.jobs).toEqual([]);
  });

  it('without files is done', async () => {
    await using desk = await openDesk();
    expect(await desk.transfers.addAll([]).result).toEqual({ outcomes: [], bytesFetched: 0, resumedFromBytes: 0 });
  });

  it('tells at most ten times a second how a file is, and with plain data', async () => {
    await using desk = await openDesk({ maxBytesPerSecond: 4_000_000 });
    const transfer = desk.transfers.add(desk.file('large', 3 * MiB));
    const seen: (TransferSnapshot & { readonly atMs: number })[] = [];
    transfer.progress.subscribe((snapshot) => seen.push({ ...structuredClone(snapshot), atMs: performance.now() }));
    await transfer.result;
    expect(seen.length).toBeGreaterThan(3);
    // The last one is told at once.
    const gapsMs = seen.slice(1, -1).map(({ atMs }, index) => atMs - (seen[index]?.atMs ?? 0));
    expect(Math.min(...gapsMs)).toBeGreaterThan(80);
    expect(seen.some(({ phase, bytesPerSecond, etaMs }) => phase === 'fetching' && bytesPerSecond > 0 && etaMs)).toBe(
      true,
    );
    expect(seen.at(-1)).toMatchObject({ state: 'done', phase: 'ended', bytesOnDisk: 3 * MiB, shared: false });
    expect(transfer.progress.current).toMatchObject({ state: 'done', bytesFetched: 3 * MiB, connections: 0 });
  });
});

describe('how many files run', () => {
  it('is four large ones, and together with small ones eight', async () => {
    await using desk = await openDesk();
    const large = Array.from({ length: 6 }, (_, index) => desk.file(`large${index}`, 2 * MiB, { holdAfterBytes: 10 }));
    const small = Array.from({ length: 9 }, (_, index) => desk.file(`small${index}`, 2_000, { holdAfterBytes: 10 }));
    const job = desk.transfers.addAll([...large, ...small]);
    await until(() => desk.server.held.length === 8);
    expect(desk.server.asked.filter((name) => name.startsWith('large'))).toHaveLength(4);
    expect(desk.server.asked.filter((name) => name.startsWith('small'))).toHaveLength(4);
    expect(job.progress.current.running).toHaveLength(8);
    desk.server.release('small0');
    await until(() => desk.server.asked.length === 9);
    expect(desk.server.asked.at(-1)).toBe('small4');
    desk.server.release('large0');
    await until(() => desk.server.asked.length === 10);
    expect(desk.server.asked.at(-1)).toBe('large4');
    desk.server.release();
    await job.result;
  });

  it('is the number that was asked for', async () => {
    await using desk = await openDesk({ filesAtOnce: 1 });
    const files = ['a', 'b', 'c'].map((name) => desk.file(name, 2 * MiB, { holdAfterBytes: 10 }));
    const job = desk.transfers.addAll(files);
    await until(() => desk.server.held.length === 1);
    expect(job.progress.current).toMatchObject({ state: 'running', running: [{ file: 'a', phase: 'fetching' }] });
    desk.server.release();
    await job.result;
    expect(desk.server.asked.filter((name, index, all) => name !== all[index - 1])).toEqual(['a', 'b', 'c']);
    await expect(openDesk({ filesAtOnce: 0 })).rejects.toMatchObject({ code: 'core.invalid-argument' });
  });
});

describe('priority', () => {
  it('decides who goes next, and can be changed while a file waits', async () => {
    await using desk = await openDesk({ filesAtOnce: 1 });
    const file = (name: string): ReturnType<typeof desk.file> => desk.file(name, 2 * MiB);
    const first = desk.transfers.add(desk.file('first', 2 * MiB, { holdAfterBytes: 10 }));
    await until(() => desk.server.held.length === 1);
    const low = desk.transfers.add(file('low'), { priority: -1 });
    const normal = desk.transfers.add(file('normal'));
    const high = desk.transfers.add(file('high'), { priority: 5 });
    const job = desk.transfers.addAll([file('late1'), file('late2')], { priority: -5 });
    await until(() => job.progress.current.state === 'waiting');
    job.setPriority(2);
    low.setPriority(9);
    expect(low.progress.current).toMatchObject({ state: 'waiting', phase: 'waiting', priority: 9 });
    desk.server.release();
    await Promise.all([first.result, low.result, normal.result, high.result, job.result]);
    const order = desk.server.asked.filter((name, index, all) => all.indexOf(name) === index);
    expect(order).toEqual(['first', 'low', 'high', 'late1', 'late2', 'normal']);
  });
});

describe('pause', () => {
  it('of a file lets the next one in; resumed it goes on where it was', async () => {
    await using desk = await openDesk({ filesAtOnce: 1 });
    const file = desk.file('a', 4 * MiB, { holdAfterBytes: 2 * MiB });
    const transfer = desk.transfers.add(file);
    const other = desk.transfers.add(desk.file('b', 2 * MiB));
    await until(() => transfer.progress.current.bytesOnDisk === 2 * MiB);
    await transfer.pause();
    expect(transfer.progress.current).toMatchObject({ state: 'paused', bytesPerSecond: 0, bytesOnDisk: 2 * MiB });
    await other.result;
    await transfer.pause();
    desk.server.release();
    transfer.resume();
    transfer.resume();
    // What an earlier run of the same handle has fetched is fetched, and not found.
    expect(await transfer.result).toMatchObject({ resumedFromBytes: 0, bytesFetched: 4 * MiB });
    expect(desk.server.offsets.findLast(([name]) => name === 'a')).toEqual(['a', 2 * MiB]);
    expect(Buffer.compare(await readFile(file.part), file.served.bytes)).toBe(0);
  });

  it('of a job, of all, and of a file are taken back each by itself', async () => {
    await using desk = await openDesk();
    const files = ['a', 'b', 'c'].map((name) => desk.file(name, 3 * MiB, { holdAfterBytes: 2 * MiB }));
    const job = desk.transfers.addAll(files);
    await until(() => job.progress.current.bytesOnDisk === 6 * MiB);
    await job.pause();
    expect(job.progress.current).toMatchObject({ state: 'paused', running: [] });
    await until(() => desk.server.held.length === 0);
    await desk.transfers.pause();
    const [a] = job.transfers;
    await a?.pause();
    desk.server.release();
    job.resume();
    desk.transfers.resume();
    await until(() => job.progress.current.filesDone === 2);
    expect(job.progress.current).toMatchObject({ state: 'paused', bytesOnDisk: 8 * MiB });
    a?.resume();
    const { resumedFromBytes, bytesFetched } = await job.result;
    expect({ resumedFromBytes, bytesFetched }).toEqual({ resumedFromBytes: 0, bytesFetched: 9 * MiB });
  });

  it('of all holds for those that come later', async () => {
    await using desk = await openDesk();
    await desk.transfers.pause();
    const transfer = desk.transfers.add(desk.file('a', 5_000));
    await until(() => transfer.progress.current.state === 'paused');
    expect(desk.server.asked).toEqual([]);
    desk.transfers.resume();
    await transfer.result;
  });
});

describe('room on the drive', () => {
  it('is reserved before anything is fetched, less what is there already', async () => {
    let freeBytes = 20 * MiB;
    await using desk = await openDesk();
    const space = createSpaceAccount({
      io: { fileSystem: desk.io.fileSystem, freeBytes: async () => freeBytes },
      marginBytes: 0,
    });
    await using other = await openDesk({ space });
    const large = other.file('large', 12 * MiB, { holdAfterBytes: 9 * MiB });
    const second = [other.file('b', 5 * MiB), other.file('c', 4 * MiB)];
    const stop = new AbortController();
    const job = other.transfers.addAll([large], { signal: stop.signal });
    await until(() => job.progress.current.bytesOnDisk === 9 * MiB);
    freeBytes -= 9 * MiB;
    await expect(other.transfers.addAll(second).result).rejects.toMatchObject({
      code: 'io.disk-full',
      facts: { path: other.folder, neededBytes: 9 * MiB, freeBytes: 8 * MiB },
    });
    expect(other.server.asked.some((name) => name === 'b' || name === 'c')).toBe(false);
    stop.abort();
    await job.result.catch(() => {});
    freeBytes = 3 * MiB;
    other.server.release();
    const { resumedFromBytes } = await other.transfers.add(large).result;
    expect(resumedFromBytes).toBeGreaterThanOrEqual(8 * MiB);
    freeBytes = 9 * MiB;
    await other.transfers.addAll(second).result;
  });
});

describe('rate limits', () => {
  it('hold for all files together, and can be lifted while they run', async () => {
    await using desk = await openDesk({ maxBytesPerSecond: 1_000_000 });
    const startMs = performance.now();
    const job = desk.transfers.addAll([desk.file('a', 600_000), desk.file('b', 600_000), desk.file('c', 30_000_000)]);
    await until(() => job.progress.current.bytesFetched >= 1_000_000);
    // A tenth of a second was saved up, and a chunk may be counted when it is taken.
    expect(performance.now() - startMs).toBeGreaterThan(700);
    expect(desk.transfers.maxBytesPerSecond).toBe(1_000_000);
    desk.transfers.setMaxBytesPerSecond(null);
    await job.result;
    expect(performance.now() - startMs).toBeLessThan(20_000);
  });

  it('of a job hold for the job', async () => {
    await using desk = await openDesk();
    const startMs = performance.now();
    const slow = desk.transfers.addAll([desk.file('a', 30_000_000)], { maxBytesPerSecond: 500_000 });
    await desk.transfers.add(desk.file('b', 3_000_000)).result;
    const { bytesFetched } = slow.progress.current;
    expect(bytesFetched).toBeLessThan(((performance.now() - startMs) / 1_000) * 500_000 + 200_000);
    expect(slow.maxBytesPerSecond).toBe(500_000);
    slow.setMaxBytesPerSecond(null);
    await slow.result;
  });
});
