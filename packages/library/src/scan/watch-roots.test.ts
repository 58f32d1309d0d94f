import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFluxLora, buildVae } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';
import type { FolderWatcherEvents } from './folder-watcher.ts';
import type { ScanReport } from './scan-report.ts';

const lora = buildFluxLora({ scale: 0.02 });
const vae = buildVae({ kind: 'sd', scale: 0.02 });
const NEVER = 3_600_000;

async function next(reports: AsyncIterator<ScanReport>): Promise<ScanReport> {
  const { done, value } = await reports.next();
  if (done === true) throw new Error('the watch has ended');
  return value;
}

/** The first report that says something; a system may wake us more often than there is news. */
async function nextNews(reports: AsyncIterator<ScanReport>): Promise<ScanReport> {
  for (;;) {
    const report = await next(reports);
    const { added, updated, moved, missing, returned } = report;
    if ([added, updated, moved, missing, returned].some((list) => list.length > 0)) return report;
  }
}

describe('a watch', () => {
  it('keeps the library current with what the system tells', async () => {
    await using folder = await tempFolder();
    const models = join(folder.path, 'models');
    await mkdir(join(models, 'sub'), { recursive: true });
    await writeFile(join(models, 'a.safetensors'), lora);
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    await using watch = store.watch([models], { quietMs: 50, rescanMs: 2_000 });
    const heard: ScanReport[] = [];
    watch.subscribe((report) => heard.push(report));
    watch.subscribe(() => {
      throw new Error('a listener of somebody');
    });
    const reports = watch[Symbol.asyncIterator]();
    expect((await nextNews(reports)).added).toHaveLength(1);
    await writeFile(join(models, 'sub', 'b.safetensors'), vae);
    expect((await nextNews(reports)).added).toHaveLength(1);
    await rename(join(models, 'a.safetensors'), join(models, 'sub', 'c.safetensors'));
    expect((await nextNews(reports)).moved).toHaveLength(1);
    expect(heard.length).toBeGreaterThanOrEqual(3);
    await watch.close();
    await watch.ended;
    expect((await reports.next()).done).toBe(true);
    expect(await store.index.stats()).toMatchObject({ models: 2 });
  });

  it('scans together what changes together, and goes on by the clock where the system fails', async () => {
    await using folder = await tempFolder();
    const models = join(folder.path, 'models');
    await mkdir(models);
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const started: FolderWatcherEvents[] = [];
    let ended = 0;
    const watcher = (_folder: string, events: FolderWatcherEvents): (() => void) => {
      if (started.length > 1) throw new Error('no more of them');
      started.push(events);
      return () => (ended += 1);
    };
    await using watch = store.watch([models], { quietMs: 40, busyMs: 400, rescanMs: NEVER, watcher });
    const reports = watch[Symbol.asyncIterator]();
    await next(reports);
    await writeFile(join(models, 'a.safetensors'), lora);
    // A folder that is never quiet is scanned all the same.
    const noise = setInterval(() => started[0]?.onChange(), 10);
    expect((await next(reports)).added).toHaveLength(1);
    clearInterval(noise);
    await writeFile(join(models, 'b.safetensors'), vae);
    started[0]?.onEnd(new Error('the queue has overflowed'));
    expect((await nextNews(reports)).added).toHaveLength(1);
    started[1]?.onEnd(new Error('again'));
    expect((await next(reports)).added).toEqual([]);
    await watch.close();
    expect(ended).toBe(0);

    await using byClock = store.watch([models], { rescanMs: 30, watcher });
    const ticks = byClock[Symbol.asyncIterator]();
    await next(ticks);
    await writeFile(join(models, 'd.safetensors'), buildFluxLora({ scale: 0.02, fillSeed: 4 }));
    expect((await nextNews(ticks)).added).toHaveLength(1);
  });

  it('says when the folders are gone and back, and ends by its signal or with the reason why it cannot go on', async () => {
    await using folder = await tempFolder();
    const models = join(folder.path, 'models');
    await mkdir(models);
    await writeFile(join(models, 'a.safetensors'), lora);
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const abort = new AbortController();
    const watch = store.watch([models], { rescanMs: 30, quietMs: 10, signal: abort.signal });
    const states: string[] = [];
    for await (const { roots, missing } of watch) {
      expect(missing).toEqual([]);
      const state = roots[0]?.state ?? '';
      if (states.at(-1) !== state) states.push(state);
      if (states.length === 1) await rename(models, join(folder.path, 'unplugged')).catch(() => {});
      if (states.length === 2) await rename(join(folder.path, 'unplugged'), models).catch(() => {});
      if (states.length === 3) abort.abort();
    }
    expect(states).toEqual(['scanned', 'offline', 'scanned']);
    await watch.ended;

    await using failing = store.watch([join(folder.path, 'never-there')]);
    await expect(failing.ended).rejects.toMatchObject({ code: 'io.not-found' });
    await expect(failing[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'io.not-found' });
  });
});
