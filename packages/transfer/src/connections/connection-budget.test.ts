import { expect, it } from 'vitest';
import { createConnectionBudget } from './connection-budget.ts';

it('gives each origin its connections, in the order in which they were asked for', async () => {
  const budget = createConnectionBudget({ perOrigin: 2 });
  const first = await budget.take('https://a.example');
  const second = budget.tryTake('https://a.example');
  expect(second).toBeDefined();
  expect(budget.tryTake('https://a.example')).toBeUndefined();
  expect(budget.tryTake('https://b.example')).toBeDefined();

  const order: string[] = [];
  const third = budget.take('https://a.example').then((permit) => (order.push('third'), permit));
  const fourth = budget.take('https://a.example').then((permit) => (order.push('fourth'), permit));
  first.release();
  first.release();
  const granted = await third;
  expect(order).toEqual(['third']);
  expect(budget.tryTake('https://a.example')).toBeUndefined();
  granted.release();
  (await fourth).release();
  second?.release();
  expect(budget.tryTake('https://a.example')).toBeDefined();
});

it('forgets who has given up', async () => {
  const budget = createConnectionBudget({ perOrigin: 1 });
  const reason = new Error('enough');
  const held = await budget.take('https://a.example');
  await expect(budget.take('https://a.example', AbortSignal.abort(reason))).rejects.toBe(reason);
  const abort = new AbortController();
  const waiting = budget.take('https://a.example', abort.signal);
  abort.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  held.release();
  expect(budget.tryTake('https://a.example')).toBeDefined();
});

it('allows eight to an origin by itself', () => {
  const budget = createConnectionBudget();
  const permits = Array.from({ length: 9 }, () => budget.tryTake('https://a.example'));
  expect(permits.filter((permit) => permit !== undefined)).toHaveLength(8);
});
