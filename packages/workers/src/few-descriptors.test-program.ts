/**
 * Uses up all descriptors that it may have, then runs tasks: with some left, with some given back later, or with none; and again
 * when all are given back.
 */
import { closeSync, openSync } from 'node:fs';
import { createWorkerPool } from './worker-pool.ts';

// What imports a module needs descriptors; so does the code of the thread, hence a text.
const code = `const { parentPort, threadId } = require('node:worker_threads');
  parentPort.on('message', ({ callId, end }) => {
    if (end) parentPort.close();
    else setTimeout(() => parentPort.postMessage({ kind: 'done', callId, value: threadId }), 50);
  });`;
const [left = '0', givenBackAfterMs = ''] = process.argv.slice(2);
const warnings: string[] = [];
await using pool = createWorkerPool({
  name: 'few',
  entry: { code, url: () => new URL('file:///nowhere') },
  inThread: async () => ({}),
  size: 3,
  logger: { debug() {}, info() {}, warn: (message) => void warnings.push(message), error() {} },
});

const held: number[] = [];
try {
  for (;;) held.push(openSync('/dev/null', 'r'));
} catch {
  // That was the last one.
}
const giveBack = (count: number): void => {
  for (const descriptor of held.splice(0, count)) closeSync(descriptor);
};
giveBack(Number(left));
if (givenBackAfterMs !== '') setTimeout(giveBack, Number(givenBackAfterMs), 40);
const outcomes = await Promise.allSettled([1, 2, 3].map((input) => pool.run<number>('any', input)));
giveBack(held.length);
const inTheEnd = async (): Promise<number> =>
  new Set(await Promise.all([1, 2, 3].map((it) => pool.run('any', it)))).size;
let grown = 0;
for (let tries = 0; tries < 200 && grown < 3; tries += 1) grown = await inTheEnd();
process.stdout.write(
  JSON.stringify({
    threads: new Set(outcomes.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []))).size,
    errors: outcomes.flatMap((it) => (it.status === 'rejected' ? [it.reason as object] : [])),
    warned: warnings.length > 0,
    grown,
  }),
);
