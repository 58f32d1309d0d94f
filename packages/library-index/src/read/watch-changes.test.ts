import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLibraryIndex } from '../open-library-index.ts';
import { idOf, makeFolder, makeRecord } from '../records.test-helper.ts';

test('a feed tells what was missed, then what happens, through whatever connection', async () => {
  const path = join(await makeFolder(), 'models.db');
  await using index = await openLibraryIndex({ path });
  await using other = await openLibraryIndex({ path });
  const stop = new AbortController();
  const pages = index.watch({ signal: stop.signal })[Symbol.asyncIterator]();
  const start = (await pages.next()).value;
  expect(start).toMatchObject({ changes: [], resync: true });
  const next = pages.next();
  await other.upsert([makeRecord(1)]);
  const first = (await next).value;
  expect(first).toMatchObject({ changes: [{ modelId: idOf(1), kind: 'written' }], resync: false });
  await index.upsert([makeRecord(2)]);
  expect((await pages.next()).value).toMatchObject({ changes: [{ modelId: idOf(2) }] });
  await other.remove([idOf(1)]);
  expect((await pages.next()).value).toMatchObject({ changes: [{ modelId: idOf(1), kind: 'removed' }] });
  const missed = other.watch({ since: first?.cursor, signal: stop.signal })[Symbol.asyncIterator]();
  expect((await missed.next()).value?.changes.map(({ modelId }: { modelId: string }) => modelId)).toEqual([
    idOf(2),
    idOf(1),
  ]);
  const ended = pages.next();
  stop.abort(new Error('enough'));
  await expect(ended).rejects.toThrow('enough');
});

test('a feed ends with its index', async () => {
  const index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  const pages = index.watch()[Symbol.asyncIterator]();
  await pages.next();
  const ended = expect(pages.next()).rejects.toMatchObject({ code: 'core.closed' });
  await index.close();
  await ended;
});
