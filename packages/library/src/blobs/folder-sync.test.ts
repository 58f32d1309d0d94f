import { expect, it } from 'vitest';
import { createFolderSync } from './folder-sync.ts';

/** Fsyncs that end when they are told to. */
function heldSync(): {
  readonly began: string[];
  readonly sync: (folder: string) => Promise<void>;
  readonly end: (error?: Error) => Promise<void>;
} {
  const began: string[] = [];
  const open: { resolve: () => void; reject: (error: Error) => void }[] = [];
  return {
    began,
    sync: (folder) => {
      began.push(folder);
      return new Promise((resolve, reject) => open.push({ resolve, reject }));
    },
    async end(error) {
      const first = open.shift();
      if (error === undefined) first?.resolve();
      else first?.reject(error);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

it('serves all who ask meanwhile with one more fsync, which begins after they asked', async () => {
  const { began, sync, end } = heldSync();
  const syncFolder = createFolderSync(sync);
  const done: number[] = [];
  const ask = (number: number): void => void syncFolder('/a').then(() => done.push(number));
  ask(1);
  ask(2);
  ask(3);
  void syncFolder('/b');
  expect(began).toEqual(['/a', '/b']);
  await end();
  expect([done, began]).toEqual([[1], ['/a', '/b', '/a']]);
  ask(4);
  await end();
  await end();
  expect([done, began]).toEqual([
    [1, 2, 3],
    ['/a', '/b', '/a', '/a'],
  ]);
  await end();
  expect(done).toEqual([1, 2, 3, 4]);
});

it('tells a failure to those that it was for, and to nobody else', async () => {
  const { began, sync, end } = heldSync();
  const syncFolder = createFolderSync(sync);
  const first = syncFolder('/a');
  const second = syncFolder('/a');
  const failed = expect(first).rejects.toThrow('EIO');
  await end(new Error('EIO'));
  await failed;
  await end();
  await second;
  expect(began).toHaveLength(2);
});
