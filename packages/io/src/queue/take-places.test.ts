import { expect, it } from 'vitest';
import { createDriveQueue } from './create-drive-queue.ts';
import { createDriveQueues, queueOptionsOf } from './drive-queues.ts';
import type { DriveQueue } from './drive-queue.ts';
import { createManualClock } from './manual-clock.test-helper.ts';
import { processDriveQueues } from './process-drive-queues.ts';
import { takePlaces } from './take-places.ts';

const clock = createManualClock();
const queueOf = (driveId: string, places = 1): DriveQueue => createDriveQueue({ driveId, places, lingerMs: 0, clock });
const request = { priority: 'import', owner: {} } as const;

it('copies between two drives in both directions do not wait for each other', async () => {
  const [a, b] = [queueOf('a'), queueOf('b')];
  let inside = 0;
  let copies = 0;
  const copy = async (queues: readonly DriveQueue[]): Promise<void> => {
    const place = await takePlaces(queues, request);
    inside += 1;
    expect(inside).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
    copies += 1;
    place.release(1);
  };
  await Promise.all(Array.from({ length: 40 }, (_, number) => copy(number % 2 === 0 ? [a, b] : [b, a])));
  expect(copies).toBe(40);
  expect([a, b].map((queue) => queue.snapshot())).toMatchObject([
    { done: 40, running: 0 },
    { done: 40, running: 0 },
  ]);
});

it('does not hold the hard disk while it waits for another drive', async () => {
  const [disk, fast] = [queueOf('a-disk', 1), queueOf('z-fast', 2)];
  const busy = [await fast.take(request), await fast.take(request)];
  const copy = takePlaces([disk, fast], request);
  await clock.advance(0);
  expect(disk.snapshot().running).toBe(0);
  busy[0]?.release();
  (await copy).release();
  expect(disk.snapshot()).toMatchObject({ running: 0, done: 1 });
});

it('takes one place where source and target are on one drive', async () => {
  const queue = queueOf('a');
  const place = await takePlaces([queue, queue], request);
  expect(queue.snapshot().running).toBe(1);
  place.release();
});

it('gives back what it has when it gives up', async () => {
  const [a, b] = [queueOf('a'), queueOf('b')];
  const held = await b.take(request);
  const controller = new AbortController();
  const copy = takePlaces([a, b], request, controller.signal);
  await clock.advance(0);
  expect(a.snapshot().running).toBe(1);
  controller.abort(new Error('enough'));
  await expect(copy).rejects.toThrow('enough');
  expect(a.snapshot().running).toBe(0);
  held.release();
});

it.each([
  ['hdd', true, 1],
  ['ssd', false, 8],
  ['network', null, 4],
  ['removable', true, 1],
  ['removable', null, 1],
  ['removable', false, 2],
  ['unknown', null, 4],
  ['memory', null, 16],
] as const)('a drive of the kind %s (rotates: %s) has %i places', (kind, rotates, places) => {
  expect(queueOptionsOf({ kind, rotates })).toEqual({ places, lingerMs: places === 1 ? 50 : 0 });
});

it('there is one queue for each drive, and one set of them for the process', () => {
  const queues = createDriveQueues(clock);
  const drive = { id: 'disk:1', kind: 'ssd', rotates: false } as const;
  const queue = queues.of(drive, { places: 3 });
  expect(queue.places).toBe(3);
  expect(queues.of({ ...drive, kind: 'hdd' })).toBe(queue);
  expect(queues.of({ ...drive, id: 'disk:2' })).not.toBe(queue);
  expect(queues.snapshot().map(({ driveId }) => driveId)).toEqual(['disk:1', 'disk:2']);
  expect(processDriveQueues()).toBe(processDriveQueues());
});
