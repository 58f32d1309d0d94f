/**
 * How soon a change of one process is seen by another one that follows the index, and how late the event loop of that process
 * is while it searches and another one indexes, against an idle process. MODELKEEP_BENCH_MODELS sets the size (default
 * 100,000), MODELKEEP_BENCH_ROUNDS the changes (default 101).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLibraryIndex } from '../../packages/library-index/src/index.ts';
import { median } from '../alternate.ts';
import { madeRecords, numbersOf, p99 } from './made-records.ts';

const [models = 100_000] = numbersOf('MODELKEEP_BENCH_MODELS', '100000');
const [rounds = 101] = numbersOf('MODELKEEP_BENCH_ROUNDS', '101');
const [work = '', given = ''] = process.argv.slice(2);

function fail(): never {
  throw new Error('there is no record');
}

const nowMs = (): number => performance.timeOrigin + performance.now();

if (work === 'write') {
  await using index = await openLibraryIndex({ path: given });
  let revision = 100;
  const [record = fail()] = madeRecords(1);
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  while ((await lines.next()).done !== true) {
    await index.upsert([{ ...record, revision: (revision += 1) }]);
    process.stdout.write(`${nowMs()}\n`);
  }
} else if (work === 'idle') {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  process.stdin.resume();
  await once(process.stdin, 'end');
  process.stdout.write(`${delay.percentile(99) / 1e6}\n`);
} else {
  const folder = await mkdtemp(join(tmpdir(), 'modelkeep-bench-'));
  const start = (...args: readonly string[]) =>
    spawn(process.execPath, ['--conditions=modelkeep-source', import.meta.filename, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  try {
    await using index = await openLibraryIndex({ path: join(folder, 'models.db') });
    const idle = start('idle');
    const idleLine = once(createInterface({ input: idle.stdout }), 'line');
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const rebuilding = index.replaceAll(madeRecords(models));
    let searches = 0;
    while ((await Promise.race([rebuilding.then(() => 'done'), sleep(20, 'searching')])) === 'searching') {
      await index.search('flux lora');
      searches += 1;
    }
    for (let round = 0; round < 200; round += 1) await index.search(['flux', 'w', 'zebrafinch lora'][round % 3] ?? '');
    delay.disable();
    idle.stdin.end();
    const [idleP99 = '0'] = (await idleLine) as string[];
    const ownP99 = delay.percentile(99) / 1e6;
    console.log(
      `-- index/loop: ${models} models indexed, ${searches + 200} searches: loop delay p99 ${ownP99.toFixed(1)} ms, idle process ${Number(idleP99).toFixed(1)} ms, above it ${(ownP99 - Number(idleP99)).toFixed(1)} ms, most ${(delay.max / 1e6).toFixed(1)} ms`,
    );

    const writer = start('write', index.path);
    const lines = createInterface({ input: writer.stdout })[Symbol.asyncIterator]();
    const stop = new AbortController();
    const pages = index.watch({ signal: stop.signal })[Symbol.asyncIterator]();
    await pages.next();
    const times: number[] = [];
    for (let round = -3; round < rounds; round += 1) {
      const seen = pages.next().then(() => nowMs());
      writer.stdin.write('\n');
      const writtenMs = Number((await lines.next()).value);
      const lateMs = (await seen) - writtenMs;
      if (round >= 0) times.push(Math.max(0, lateMs));
      await sleep(Math.random() * 40);
    }
    stop.abort();
    writer.stdin.end();
    console.log(
      `-- index/changes: ${rounds} changes of another process seen after: median ${median(times).toFixed(1)} ms, p99 ${p99(times).toFixed(1)} ms, most ${Math.max(...times).toFixed(1)} ms`,
    );
    await pages.next().catch(() => {});
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
