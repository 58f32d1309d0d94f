import { once } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { answerCalls } from './answer-calls.ts';
import type { ReplyMessage, RequestMessage } from './task-types.ts';
import { tasks } from './worker-pool.test-tasks.ts';

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** What a pool would hold, and what a thread would answer with. */
function open(): {
  readonly ask: (message: RequestMessage) => void;
  readonly next: () => Promise<ReplyMessage>;
  readonly port: MessagePort;
} {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  answerCalls(port2, tasks);
  const replies: ReplyMessage[] = [];
  const waiting: ((reply: ReplyMessage) => void)[] = [];
  port1.on('message', (reply: ReplyMessage) => {
    const take = waiting.shift();
    if (take === undefined) replies.push(reply);
    else take(reply);
  });
  const next = (): Promise<ReplyMessage> => {
    const reply = replies.shift();
    return reply === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(reply);
  };
  return { ask: (message) => port1.postMessage(message), next, port: port1 };
}

const flag = (): SharedArrayBuffer => new SharedArrayBuffer(4);

it('answers with a value, with progress, and with an error as data', async () => {
  const { ask, next } = open();
  ask({ callId: 1, task: 'add', input: { a: 1, b: 2 }, cancelFlag: flag() });
  expect(await next()).toEqual({ kind: 'done', callId: 1, value: 3 });
  ask({ callId: 2, task: 'count', input: { to: 1 }, cancelFlag: flag() });
  expect([await next(), await next()]).toEqual([
    { kind: 'progress', callId: 2, value: 1 },
    { kind: 'done', callId: 2, value: undefined },
  ]);
  ask({ callId: 3, task: 'fail', input: { path: '/x' }, cancelFlag: flag() });
  expect(await next()).toMatchObject({
    kind: 'failed',
    callId: 3,
    error: { code: 'io.not-found', facts: { path: '/x' } },
  });
  ask({ callId: 4, task: 'nothing', input: null, cancelFlag: flag() });
  expect(await next()).toMatchObject({ kind: 'failed', callId: 4, error: { code: 'core.invalid-argument' } });
});

it('hands a cancellation to the task that it means', async () => {
  const { ask, next } = open();
  ask({ callId: 1, task: 'wait', input: {}, cancelFlag: flag() });
  expect(await next()).toMatchObject({ kind: 'progress', callId: 1 });
  ask({ cancelCallId: 99 });
  ask({ cancelCallId: 1 });
  expect(await next()).toMatchObject({ kind: 'failed', callId: 1 });
});

it('lets synchronous work see the shared flag', async () => {
  const { ask, next } = open();
  const cancelFlag = flag();
  Atomics.store(new Int32Array(cancelFlag), 0, 1);
  ask({ callId: 1, task: 'spin', input: {}, cancelFlag });
  expect([await next(), await next()]).toMatchObject([
    { kind: 'progress' },
    { kind: 'failed', error: { message: 'cancelled' } },
  ]);
});

it('closes its port when it is asked to end', async () => {
  const { ask, port } = open();
  const closed = once(port, 'close');
  ask({ end: true });
  await closed;
});
