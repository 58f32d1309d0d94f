import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIo, type Io } from '@modelkeep/io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSpaceAccount, type SpaceAccountOptions } from './create-space-account.ts';

let folder: string;
let io: Io;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-space-'));
  io = createIo({ workers: 'in-thread' });
});
afterEach(async () => {
  await io.close();
  await rm(folder, { recursive: true });
});

/** A drive with so much room, whatever the machine has. */
function withFree(freeBytes: number): SpaceAccountOptions['io'] {
  return { fileSystem: io.fileSystem, freeBytes: async () => freeBytes };
}

describe('reserved space', () => {
  it('is what is free less a margin and what others were promised', async () => {
    const space = createSpaceAccount({ io: withFree(1_000), marginBytes: 100 });
    const first = await space.reserve({ folder, bytes: 500 });
    await expect(space.reserve({ folder, bytes: 401 })).rejects.toMatchObject({
      code: 'io.disk-full',
      facts: { path: folder, neededBytes: 401, freeBytes: 400 },
      hint: expect.stringContaining('free some space'),
    });
    using second = await space.reserve({ folder, bytes: 400 });
    await expect(space.reserve({ folder, bytes: 1 })).rejects.toMatchObject({ facts: { freeBytes: 0 } });
    first.release();
    first.release();
    await space.reserve({ folder, bytes: 500 });
    second.release();
  });

  it('does not count twice what was written: the drive counts it', async () => {
    let freeBytes = 1_000;
    const space = createSpaceAccount({
      io: { fileSystem: io.fileSystem, freeBytes: async () => freeBytes },
      marginBytes: 0,
    });
    const reservation = await space.reserve({ folder, bytes: 600 });
    freeBytes -= 500;
    reservation.wrote(500);
    await space.reserve({ folder, bytes: 400 });
    reservation.wrote(900);
    await expect(space.reserve({ folder, bytes: 101 })).rejects.toMatchObject({ facts: { freeBytes: 100 } });
  });

  it('is never promised twice to those that ask at once', async () => {
    const space = createSpaceAccount({ io: withFree(1_000), marginBytes: 0 });
    const asked = await Promise.allSettled(Array.from({ length: 8 }, () => space.reserve({ folder, bytes: 300 })));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  it('is asked of the machine, also for a folder that is not there yet', async () => {
    const space = createSpaceAccount({ io });
    const path = join(folder, 'a', 'b');
    (await space.reserve({ folder: path, bytes: 1 })).release();
    await expect(space.reserve({ folder: path, bytes: 1e18 })).rejects.toMatchObject({
      code: 'io.disk-full',
      facts: { neededBytes: 1e18 },
    });
  });

  it('is counted for each drive by itself', async () => {
    const devices = new Map([
      [folder, '1'],
      [join(folder, 'other'), '2'],
    ]);
    const fileSystem = {
      ...io.fileSystem,
      stat: async (path: string) => ({ ...(await io.fileSystem.stat(folder)), device: devices.get(path) ?? '' }),
    };
    const space = createSpaceAccount({ io: { fileSystem, freeBytes: async () => 1_000 }, marginBytes: 0 });
    await space.reserve({ folder, bytes: 1_000 });
    await space.reserve({ folder: join(folder, 'other'), bytes: 1_000 });
    await expect(space.reserve({ folder, bytes: 1 })).rejects.toMatchObject({ code: 'io.disk-full' });
  });
});
