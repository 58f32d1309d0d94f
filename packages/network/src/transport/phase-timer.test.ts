import { MessageChannel } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { until } from '../fixtures/test-server.ts';
import { createPhaseTimer } from './phase-timer.ts';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('fires once for the phase that was started last', async () => {
  const fired: string[] = [];
  const timer = createPhaseTimer((phase, ms) => fired.push(`${phase} ${ms}`));
  timer.start('connect', 10);
  timer.start('headers', 20);
  await until(() => fired.length > 0);
  await wait(30);
  expect(fired).toEqual(['headers 20']);
});

it('does not fire after it was stopped', async () => {
  const fired: string[] = [];
  const timer = createPhaseTimer((phase) => fired.push(phase));
  timer.start('idle', 10);
  timer.stop();
  await wait(40);
  expect(fired).toEqual([]);
});

it.each([0, -1, Infinity, 2 ** 31])('has no limit for %s', async (ms) => {
  const fired: string[] = [];
  const timer = createPhaseTimer((phase) => fired.push(phase));
  timer.start('idle', ms);
  await wait(20);
  await nextTurn();
  expect(fired).toEqual([]);
});

it('does not call a blocked event loop a silence of the server', async () => {
  const fired: string[] = [];
  const timer = createPhaseTimer((phase) => fired.push(phase));
  timer.start('idle', 300);
  const { port1, port2 } = new MessageChannel();
  port2.on('message', () => timer.refresh());
  port1.postMessage('bytes that arrived meanwhile');
  const end = performance.now() + 400;
  while (performance.now() < end);
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  expect(fired).toEqual([]);
  timer.stop();
  port1.close();
});
