import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import { createIo, nodeFileSystem } from '@modelkeep/io';
import { expect, it } from 'vitest';
import { downloadFile } from './download-file.ts';
import { startByteServer } from './fixtures/byte-server.test-helper.ts';
import { content, MiB, openWorkbench, sha256Of } from './fixtures/workbench.test-helper.ts';

const sha256 = sha256Of(content);

it('puts a whole file where nothing is, and says when nothing was known', async () => {
  await using bench = await openWorkbench();
  await using server = await startByteServer(content);
  const { io, http } = bench;
  const path = join(bench.folder, 'model.bin');
  const downloaded = await downloadFile({ io, http, url: server.url, path });
  expect(downloaded).toMatchObject({ path, sha256, sizeBytes: content.byteLength, verified: 'none' });
  expect(Buffer.compare(await readFile(path), content)).toBe(0);
  expect(await bench.names()).toEqual(['model.bin']);
});

it('replaces nothing, and asks nothing of the source then', async () => {
  await using bench = await openWorkbench();
  await using server = await startByteServer(content);
  const { io, http } = bench;
  const path = join(bench.folder, 'model.bin');
  await writeFile(path, 'mine');
  await expect(downloadFile({ io, http, url: server.url, path })).rejects.toMatchObject({
    code: 'io.exists',
    facts: { path },
  });
  expect(server.requests).toHaveLength(0);
  expect(await readFile(path, 'utf8')).toBe('mine');
});

it('replaces nothing that comes while it downloads', async () => {
  await using bench = await openWorkbench();
  const { io, http } = bench;
  const path = join(bench.folder, 'model.bin');
  await using server = await startByteServer(content, [
    ({ serve }) => void writeFile(path, 'mine').then(() => serve({})),
  ]);
  await expect(downloadFile({ io, http, url: server.url, path })).rejects.toMatchObject({ code: 'io.exists' });
  expect(await readFile(path, 'utf8')).toBe('mine');
});

it('goes on after a pause, also with the longest of names', async () => {
  await using bench = await openWorkbench();
  await using server = await startByteServer(content, [
    ({ serve }) => serve({ cutAfterBytes: 2 * MiB, cutBy: 'stall' }),
  ]);
  const { io, http } = bench;
  const path = join(bench.folder, `${'x'.repeat(251)}.bin`);
  const abort = new AbortController();
  const paused = downloadFile({
    io,
    http,
    url: server.url,
    path,
    expected: { sha256 },
    signal: abort.signal,
    onProgress: ({ bytesOnDisk }) => bytesOnDisk > MiB && abort.abort(),
  });
  await expect(paused).rejects.toMatchObject({ name: 'AbortError' });
  const downloaded = await downloadFile({ io, http, url: server.url, path, expected: { sha256 } });
  expect(downloaded.resumedFromBytes).toBeGreaterThan(MiB);
  expect(await bench.names()).toEqual([`${'x'.repeat(251)}.bin`]);
});

it('lets one of several calls have the path; none leaves anything behind', async () => {
  await using bench = await openWorkbench();
  await using server = await startByteServer(content);
  const { io, http } = bench;
  const path = join(bench.folder, 'model.bin');
  const calls = await Promise.allSettled(
    Array.from({ length: 4 }, () => downloadFile({ io, http, url: server.url, path })),
  );
  expect(calls.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const call of calls) if (call.status === 'rejected') expect(call.reason).toMatchObject({ code: 'io.exists' });
  expect(sha256Of(await readFile(path))).toBe(sha256);
  expect(await bench.names()).toEqual(['model.bin']);
});

it('works on a drive without hard links', async () => {
  await using bench = await openWorkbench();
  await using server = await startByteServer(content);
  const fileSystem = {
    ...nodeFileSystem,
    link: async (_existing: string, path: string) => {
      throw new ModelkeepError('io.permission', { message: 'no links here', facts: { path } });
    },
  };
  await using io = createIo({ workers: 'in-thread', fileSystem });
  const path = join(bench.folder, 'model.bin');
  await downloadFile({ io, http: bench.http, url: server.url, path });
  expect(sha256Of(await readFile(path))).toBe(sha256);
  expect(await bench.names()).toEqual(['model.bin']);
});

it('reports its progress at most ten times a second, the start and the end always', async () => {
  await using bench = await openWorkbench();
  await using server = await startByteServer(content);
  await mkdir(join(bench.folder, 'sub'));
  const seen: number[] = [];
  let atMs = 0;
  await downloadFile({
    io: bench.io,
    http: bench.http,
    url: server.url,
    path: join(bench.folder, 'sub', 'model.bin'),
    clock: { now: () => 0, monotonicMs: () => (atMs += 0.001), sleep: () => new Promise(() => {}) },
    onProgress: ({ bytesOnDisk, bytesTotal }) => {
      seen.push(bytesOnDisk);
      if (bytesOnDisk > 0) expect(bytesTotal).toBe(content.byteLength);
    },
  });
  expect(seen).toEqual([0, content.byteLength]);
});
