import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MiB } from '../fixtures/workbench.test-helper.ts';
import { openDesk, until } from './desk.test-helper.ts';

describe('the same content', () => {
  it('is fetched once for all that ask for it at the same time', async () => {
    await using desk = await openDesk();
    const file = desk.file('a', 3 * MiB, { holdAfterBytes: 2 * MiB });
    const reused: string[] = [];
    const again = (number: number) => ({
      ...file,
      part: join(desk.folder, `again${number}.part`),
      journal: join(desk.folder, `again${number}.journal`),
      reuse: async ({ sha256 }: { sha256: string }) => {
        reused.push(sha256);
        return true;
      },
    });
    const first = desk.transfers.add(again(1));
    const second = desk.transfers.add(again(2));
    await until(() => second.progress.current.bytesOnDisk === 2 * MiB);
    expect(second.progress.current).toMatchObject({ state: 'waiting', shared: true, bytesFetched: 0 });
    const third = desk.transfers.addAll([again(3)]);
    await until(() => third.progress.current.bytesOnDisk === 2 * MiB);
    await third.pause();
    expect(third.progress.current).toMatchObject({ state: 'paused', bytesOnDisk: 0 });
    desk.server.release();
    expect(await first.result).toMatchObject({ bytesFetched: 3 * MiB });
    expect(await second.result).toMatchObject({ bytesFetched: 0, sha256: file.served.sha256 });
    expect(reused).toEqual([file.served.sha256]);
    third.resume();
    await third.result;
  });

  it('goes on in another transfer when the one that fetches it is paused or cancelled', async () => {
    await using desk = await openDesk();
    const file = desk.file('a', 6 * MiB, { holdAfterBytes: 2 * MiB });
    const place = (number: number) => ({
      ...file,
      part: join(desk.folder, `again${number}.part`),
      journal: join(desk.folder, `again${number}.journal`),
      reuse: async () => true,
    });
    const first = desk.transfers.add(place(1));
    await until(() => first.progress.current.bytesOnDisk === 2 * MiB);
    const second = desk.transfers.add(place(2));
    const third = desk.transfers.add(place(3));
    await until(() => third.progress.current.shared);
    await first.pause();
    await until(() => desk.server.held.length > 0 && second.progress.current.bytesOnDisk >= 4 * MiB);
    expect(first.progress.current).toMatchObject({ state: 'paused', bytesOnDisk: 0 });
    await second.cancel();
    await expect(second.result).rejects.toMatchObject({ name: 'AbortError' });
    desk.server.release();
    first.resume();
    expect(await third.result).toMatchObject({ resumedFromBytes: 4 * MiB, bytesFetched: 2 * MiB });
    expect(await first.result).toMatchObject({ bytesFetched: 2 * MiB });
    expect((await desk.names()).filter((name) => name.endsWith('.part'))).toEqual(['again3.part']);
  });

  it('is fetched for itself when what another one has delivered is of no use, or that one fails', async () => {
    await using desk = await openDesk();
    const file = desk.file('a', 2 * MiB, { holdAfterBytes: 10 });
    const place = (number: number) => ({
      ...file,
      part: join(desk.folder, `again${number}.part`),
      journal: join(desk.folder, `again${number}.journal`),
    });
    const failing = desk.transfers.add({
      ...place(1),
      reuse: async () => true,
      deliver: () => Promise.reject(new Error('no place')),
    });
    await until(() => desk.server.held.length === 1);
    const second = desk.transfers.add({ ...place(2), reuse: async () => true });
    const third = desk.transfers.add({ ...place(3), reuse: async () => false });
    const alone = desk.transfers.add(place(4));
    await until(() => third.progress.current.shared && second.progress.current.shared);
    desk.server.release();
    await expect(failing.result).rejects.toThrow('no place');
    expect(await second.result).toMatchObject({ bytesFetched: 2 * MiB });
    expect(await third.result).toMatchObject({ bytesFetched: 2 * MiB });
    expect(await alone.result).toMatchObject({ bytesFetched: 2 * MiB });
  });
});
