import { describe, expect, it } from 'vitest';
import { createDriveQueue } from './create-drive-queue.ts';
import type { DriveQueue, Place } from './drive-queue.ts';
import { createManualClock, type ManualClock } from './manual-clock.test-helper.ts';
import type { IoPriority } from './priority.ts';

interface Scene {
  readonly clock: ManualClock;
  readonly queue: DriveQueue;
  /** Names in the order in which they got their places. */
  readonly order: string[];
  /** Asks for a place under a name; it is given back by `end`. */
  readonly ask: (name: string, priority: IoPriority, owner?: object) => void;
  readonly end: (name: string) => Promise<void>;
  readonly places: Map<string, Place>;
  /** Names that were asked to give way. */
  readonly asked: string[];
}

function scene({ places = 1, lingerMs = 0 } = {}): Scene {
  const clock = createManualClock();
  const queue = createDriveQueue({ driveId: 'disk:x', places, lingerMs, clock });
  const order: string[] = [];
  const asked: string[] = [];
  const held = new Map<string, Place>();
  const everybody = {};
  return {
    clock,
    queue,
    order,
    asked,
    places: held,
    ask(name, priority, owner = everybody) {
      const enter = async (): Promise<void> => {
        const place = await queue.take({ priority, owner, onGiveWay: () => asked.push(name) });
        order.push(name);
        held.set(name, place);
      };
      void enter();
    },
    async end(name) {
      held.get(name)?.release(10);
      await clock.advance(0);
    },
  };
}

describe('the queue of a drive', () => {
  it('lets in as many as there are places, and the next one when one ends', async () => {
    const { ask, end, order, queue, clock } = scene({ places: 2 });
    for (const name of ['a', 'b', 'c', 'd']) ask(name, 'import');
    await clock.advance(0);
    expect(order).toEqual(['a', 'b']);
    await end('b');
    expect(order).toEqual(['a', 'b', 'c']);
    await end('b');
    expect(order, 'a place is given back once').toEqual(['a', 'b', 'c']);
    expect(queue.snapshot()).toMatchObject({ running: 2, waiting: 1, done: 1, bytes: 10 });
  });

  it('goes by priority', async () => {
    const { ask, end, order, clock } = scene();
    ask('first', 'background');
    await clock.advance(0);
    for (const priority of ['background', 'import', 'download', 'interactive'] as const) ask(priority, priority);
    for (const name of ['first', 'interactive', 'download', 'import']) await end(name);
    expect(order).toEqual(['first', 'interactive', 'download', 'import', 'background']);
  });

  it('takes owners of one priority in turn, however much one of them asks for', async () => {
    const { ask, end, order, clock } = scene();
    const [greedy, modest, third] = [{}, {}, {}];
    for (const name of ['g1', 'g2', 'g3', 'g4']) ask(name, 'import', greedy);
    ask('m1', 'import', modest);
    ask('t1', 'import', third);
    ask('m2', 'import', modest);
    await clock.advance(0);
    for (const name of ['g1', 'g2', 'm1', 't1', 'g3', 'm2', 'g4']) await end(name);
    expect(order).toEqual(['g1', 'g2', 'm1', 't1', 'g3', 'm2', 'g4']);
  });

  it('leaves nobody waiting for ever behind those of higher priority', async () => {
    const { ask, end, order, clock } = scene();
    ask('d0', 'download');
    ask('poor', 'background');
    for (let number = 0; number < 20 && !order.includes('poor'); number += 1) {
      ask(`d${number + 1}`, 'download');
      await clock.advance(500);
      await end(`d${number}`);
    }
    expect(order.indexOf('poor')).toBe(10);
  });

  it('lets one in 5 seconds in out of turn, not all who have waited for so long', async () => {
    const { ask, end, order, clock } = scene();
    ask('d0', 'download');
    for (const name of ['p1', 'p2', 'p3']) ask(name, 'background');
    await clock.advance(6_000);
    for (const name of ['d1', 'd2']) ask(name, 'download');
    for (const name of ['d0', 'p1', 'd1']) await end(name);
    expect(order).toEqual(['d0', 'p1', 'd1', 'd2']);
    await clock.advance(5_000);
    await end('d2');
    expect(order.at(-1)).toBe('p2');
  });

  it('asks one who works to let a higher priority go first, once', async () => {
    const { ask, asked, clock, queue } = scene({ places: 2 });
    ask('import', 'import');
    ask('background', 'background');
    ask('same', 'background');
    await clock.advance(0);
    expect(asked).toEqual([]);
    ask('now', 'interactive');
    ask('now too', 'interactive');
    await clock.advance(0);
    expect(asked).toEqual(['background']);
    expect(queue.snapshot().gaveWay).toBe(1);
  });

  it('asks one who works when somebody of the same priority has waited for 5 seconds', async () => {
    const { ask, asked, clock, end, order } = scene();
    ask('long', 'import');
    ask('other', 'import');
    await clock.advance(4_999);
    expect(asked).toEqual([]);
    await clock.advance(1);
    expect(asked).toEqual(['long']);
    await end('long');
    expect(order).toEqual(['long', 'other']);
  });

  it('keeps the place of a hard disk for a moment for whoever comes back to it', async () => {
    const { ask, end, order, clock, queue } = scene({ lingerMs: 50 });
    ask('d1', 'download');
    ask('hash', 'import');
    await clock.advance(10);
    await end('d1');
    expect(order).toEqual(['d1']);
    expect(queue.tryTake({ priority: 'background', owner: {} })).toBeUndefined();
    await clock.advance(40);
    ask('d2', 'download');
    await clock.advance(0);
    await end('d2');
    expect(order).toEqual(['d1', 'd2']);
    await clock.advance(49);
    expect(order).toEqual(['d1', 'd2']);
    await clock.advance(1);
    expect(order).toEqual(['d1', 'd2', 'hash']);
  });

  it('forgets who gives up, with the reason of its signal, and goes on', async () => {
    const { queue, ask, clock, end, order } = scene();
    ask('a', 'import');
    await clock.advance(0);
    const reason = new Error('enough');
    const controller = new AbortController();
    const waiting = queue.take({ priority: 'interactive', owner: {} }, controller.signal);
    ask('b', 'import');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(queue.take({ priority: 'import', owner: {} }, controller.signal)).rejects.toBe(reason);
    await end('a');
    expect(order).toEqual(['a', 'b']);
    expect(queue.snapshot()).toMatchObject({ running: 1, waiting: 0 });
  });

  it('tells what it did as plain data', async () => {
    const { queue, ask, clock, end } = scene();
    ask('a', 'import');
    ask('b', 'import');
    await clock.advance(300);
    await end('a');
    ask('c', 'import');
    await clock.advance(200);
    const snapshot = queue.snapshot();
    expect(structuredClone(snapshot)).toEqual({
      driveId: 'disk:x',
      places: 1,
      running: 1,
      waiting: 1,
      done: 1,
      bytes: 10,
      waitedMs: 500,
      gaveWay: 0,
    });
  });
});

it('in the long run everybody gets through, and never too many at once', async () => {
  const clock = createManualClock();
  const queue = createDriveQueue({ driveId: 'disk:x', places: 3, lingerMs: 20, clock });
  const priorities: readonly IoPriority[] = ['interactive', 'download', 'import', 'background'];
  const owners = [{}, {}, {}];
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  let running = 0;
  let most = 0;
  const worker = async (number: number): Promise<void> => {
    for (let time = 0; time < 25; time += 1) {
      const request = { priority: priorities[number % 4] ?? 'import', owner: owners[number % 3] ?? {} };
      const place = queue.tryTake(request) ?? (await queue.take(request));
      most = Math.max(most, ++running);
      await clock.sleep(random(40));
      running -= 1;
      place.release(1);
    }
  };
  let over = 0;
  const all = Array.from({ length: 24 }, (_, number) => worker(number).finally(() => (over += 1)));
  while (over < all.length) await clock.advance(1_000);
  await Promise.all(all);
  expect(most).toBe(3);
  expect(queue.snapshot()).toMatchObject({ running: 0, waiting: 0, done: 600, bytes: 600 });
});
