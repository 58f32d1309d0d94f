import { setTimeout as sleep } from 'node:timers/promises';
import { openTestStore } from '../open-store.test-helper.ts';

/** Collects garbage without a grace time, again and again, until it is told to end. */
const [root = ''] = process.argv.slice(2);
const ending = new AbortController();
process.stdin.once('data', () => ending.abort());
await using store = await openTestStore({ root });
let collected = 0;
while (!ending.signal.aborted) {
  collected += (await store.collectGarbage({ graceMs: 0 }).result).items.length;
  // Where the work blocks the thread, nobody would ever hear that it is to end.
  await sleep(1);
}
process.stdout.write(`${collected}\n`);
process.stdin.destroy();
