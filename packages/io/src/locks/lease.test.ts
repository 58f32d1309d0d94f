import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { nodeFileSystem } from '../node/node-file-system.ts';
import type { FileSystem } from '../ports/file-system.ts';
import { encodeProcessIdentity, processIdentity } from '../process/process-identity.ts';
import { createManualClock } from '../queue/manual-clock.test-helper.ts';
import { acquireLease } from './acquire-lease.ts';
import { createLeaseObserver } from './lease-observer.ts';
import { createLease, freeName, heldName, moveLease, readLeaseState } from './lease-state.ts';
import type { AcquireLeaseOptions, Lease } from './lease.ts';

let base: string;
let path: string;
let number = 0;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'modelkeep-lease-'));
});
beforeEach(async () => {
  const folder = join(base, String((number += 1)));
  await mkdir(folder);
  path = join(folder, 'gc.lease');
});
afterAll(() => rm(base, { recursive: true }));

const fast = { heartbeatMs: 50, expiryMs: 1_000 } as const;

function acquire(options: Partial<AcquireLeaseOptions> = {}): Promise<Lease> {
  return acquireLease({ fileSystem: nodeFileSystem, path, ...options });
}

/** A lease that somebody on another machine holds, who does not move. */
async function leaveHeld(fence: number): Promise<string> {
  const elsewhere = {
    ...processIdentity(),
    hostId: '0123456789ab',
    bootId: 'ba9876543210',
    instanceId: '00000000dead',
  };
  const holder = { beat: 7, token: '0011223344556677', identity: encodeProcessIdentity(elsewhere) };
  await createLease(nodeFileSystem, path);
  const name = heldName(fence, holder);
  await rename(join(path, freeName(0)), join(path, name));
  return name;
}

describe('a lease', () => {
  it('has one holder at a time, and a fence that only grows', async () => {
    const first = await acquire();
    await expect(acquire({ timeoutMs: 30 })).rejects.toMatchObject({ code: 'io.lease-held', facts: { path } });
    await first.check();
    await first.release();
    await first.release();
    await using second = await acquire({ timeoutMs: 0 });
    expect([first.fence, second.fence]).toEqual([1, 2]);
    expect(second.path).toBe(path);
    await expect(first.check()).rejects.toMatchObject({ code: 'io.lease-lost', facts: { path, fence: 1 } });
    await second.check();
    expect(await readdir(path)).toHaveLength(1);
  });

  it('goes round among many who want it, none of them beside another', async () => {
    let inside = 0;
    const fences = await Promise.all(
      Array.from({ length: 24 }, async () => {
        await using lease = await acquire();
        expect(++inside).toBe(1);
        await lease.check();
        inside -= 1;
        return lease.fence;
      }),
    );
    expect(fences.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
  });

  it('counts up in its name while it is held', async () => {
    await using lease = await acquire(fast);
    const name = (await readdir(path))[0];
    while ((await readdir(path))[0] === name) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(lease.lost.aborted).toBe(false);
  });

  it('is waited for until the caller gives up', async () => {
    await using held = await acquire();
    const reason = new Error('enough');
    const controller = new AbortController();
    const waiting = acquire({ signal: controller.signal });
    setTimeout(() => controller.abort(reason), 20);
    await expect(waiting).rejects.toBe(reason);
    await held.check();
  });

  it('is given back by who gave up at the moment of getting it', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      rename: async (from, to) => {
        await nodeFileSystem.rename(from, to);
        if (to.endsWith('.held')) controller.abort(reason);
      },
    };
    await expect(acquire({ fileSystem, signal: controller.signal })).rejects.toBe(reason);
    expect(await readdir(path)).toEqual(['1.free']);
  });

  it('refuses times that no holder can keep', async () => {
    await expect(acquire({ heartbeatMs: 100, expiryMs: 200 })).rejects.toMatchObject({ code: 'core.invalid-argument' });
  });
});

describe('a holder that is gone', () => {
  it('without a proof loses it when nothing has changed for long enough', async () => {
    const name = await leaveHeld(41);
    await expect(acquire({ ...fast, timeoutMs: 60 })).rejects.toMatchObject({ code: 'io.lease-held' });
    expect(await readdir(path)).toEqual([name]);
    await using lease = await acquire(fast);
    expect(lease.fence).toBe(42);
  });

  it('gives it to one of all who wait', async () => {
    await leaveHeld(5);
    let inside = 0;
    const fences = await Promise.all(
      Array.from({ length: 12 }, async () => {
        await using lease = await acquire(fast);
        expect(++inside).toBe(1);
        await lease.check();
        inside -= 1;
        return lease.fence;
      }),
    );
    expect(new Set(fences).size).toBe(12);
  });
});

describe('a taker that is late', () => {
  it('cannot take what another one has taken, nor what its holder still moves', async () => {
    const seen = await leaveHeld(1);
    const holder = { beat: 0, token: 'aaaaaaaaaaaaaaaa', identity: 'me' };
    const first = { from: seen, to: heldName(2, holder) };
    const second = { from: seen, to: heldName(2, { ...holder, token: 'bbbbbbbbbbbbbbbb' }) };
    expect(await moveLease(nodeFileSystem, path, first)).toBe(true);
    expect(await moveLease(nodeFileSystem, path, second)).toBe(false);
    const beat = { from: first.to, to: heldName(2, { ...holder, beat: 1 }) };
    expect(await moveLease(nodeFileSystem, path, beat)).toBe(true);
    expect(await moveLease(nodeFileSystem, path, { from: first.to, to: freeName(2) })).toBe(false);
    expect(await readdir(path)).toEqual([beat.to]);
  });

  it('whose own sleep was long has seen nothing', () => {
    let nowMs = 0;
    const observer = createLeaseObserver({ expiryMs: 1_000, maxGapMs: 100, monotonicMs: () => nowMs });
    const state = { name: 'x', fence: 1, holder: { beat: 0, token: '0', identity: 'somebody' } };
    expect(observer.sees(state)).toBe(false);
    nowMs = 60_000;
    expect(observer.sees(state)).toBe(false);
    for (let look = 0; look < 8; look += 1) {
      nowMs += 100;
      expect(observer.sees(state)).toBe(false);
    }
    expect(observer.sees({ ...state, name: 'y' })).toBe(false);
    nowMs += 100;
    for (let look = 0; look < 10; look += 1) nowMs += observer.sees({ ...state, name: 'y' }) ? 0 : 100;
    expect(observer.sees({ ...state, name: 'y' })).toBe(true);
  });
});

describe('a drive that fails', () => {
  const broken = (from: string): ModelkeepError =>
    new ModelkeepError('io.failed', {
      message: 'no answer',
      facts: { path: from, systemCode: 'EIO', operation: 'rename' },
    });

  it('for a moment costs nothing, for longer the lease', async () => {
    let fails = false;
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      rename: async (from, to) => {
        if (fails) throw broken(from);
        return nodeFileSystem.rename(from, to);
      },
    };
    const clock = createManualClock();
    const lease = await acquire({ fileSystem, clock });
    fails = true;
    await expect(lease.check()).rejects.toMatchObject({ code: 'io.failed' });
    await clock.advance(8_000);
    fails = false;
    await clock.advance(4_000);
    // A real rename takes real time, of which this clock knows nothing: it stands still until the drive has answered.
    await vi.waitFor(async () => expect((await readdir(path))[0]).toMatch(/^1-1-/), { timeout: 20_000 });
    expect(lease.lost.aborted).toBe(false);
    fails = true;
    await clock.advance(40_000);
    expect(lease.lost.reason).toMatchObject({ code: 'io.lease-lost' });
    await lease.release();
  });

  it('that says "not found" although it has renamed changes nothing', async () => {
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      rename: async (from, to) => {
        await nodeFileSystem.rename(from, to);
        if (to.endsWith('.held'))
          throw new ModelkeepError('io.not-found', { message: 'repeated', facts: { path: from } });
      },
    };
    await using lease = await acquire({ fileSystem });
    await lease.check();
    await lease.check();
    expect((await readLeaseState(nodeFileSystem, path))?.holder?.beat).toBe(2);
  });

  it('or rather another process that sweeps while the lease is made changes nothing', async () => {
    let sweeps = 1;
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      writeFile: async (file, options) => {
        if (file.endsWith('0.free') && sweeps > 0) {
          sweeps -= 1;
          await (await acquire()).release();
        }
        await nodeFileSystem.writeFile(file, options);
      },
    };
    await using lease = await acquire({ fileSystem });
    expect(sweeps).toBe(0);
    expect(lease.fence).toBe(2);
    await lease.check();
  });

  it('where it cannot be made is an error', async () => {
    const nowhere = join(base, 'nowhere', 'x.lease');
    await expect(acquireLease({ fileSystem: nodeFileSystem, path: nowhere })).rejects.toMatchObject({
      code: 'io.not-found',
    });
  });

  it('or a process that ends at any step of the making leaves a lease that can be taken', async () => {
    const mutating = ['mkdir', 'writeFile', 'rename', 'unlink', 'rmdir'] as const;
    for (let last = 1; ; last += 1) {
      const at = join(base, `step-${last}`);
      await mkdir(at);
      const lease = join(at, 'x.lease');
      let calls = 0;
      const dying = Object.fromEntries(
        mutating.map((name) => [
          name,
          async (...args: unknown[]) => {
            calls += 1;
            if (calls >= last) throw new Error('the process is gone');
            return (nodeFileSystem[name] as (...passed: unknown[]) => Promise<void>)(...args);
          },
        ]),
      );
      await createLease({ ...nodeFileSystem, ...dying }, lease).catch(() => {});
      await using taken = await acquireLease({ fileSystem: nodeFileSystem, path: lease });
      expect(taken.fence).toBe(1);
      expect(await readdir(lease)).toHaveLength(1);
      if (calls < last) break;
    }
    expect(await readdir(join(base, 'step-1'))).toEqual(['x.lease']);
  });

  it('where a folder is in the way even when it is empty gets its lease all the same', async () => {
    await mkdir(path);
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      rename: async (from, to) => {
        if (to === path && (await readdir(join(path, '..'))).includes('gc.lease')) throw broken(from);
        return nodeFileSystem.rename(from, to);
      },
    };
    await createLease(fileSystem, path);
    expect(await readdir(path)).toEqual(['0.free']);
    // And it is not made a second time where there is one.
    await createLease(fileSystem, path);
    expect(await readdir(join(path, '..'))).toEqual(['gc.lease']);
  });

  it('where the folder of the locks is missing, or a file is in the way, is an error', async () => {
    await expect(acquire({ path: join(base, 'no', 'x.lease') })).rejects.toMatchObject({ code: 'io.not-found' });
    await writeFile(path, 'a file');
    await expect(acquire()).rejects.toMatchObject({ code: 'io.failed', facts: { systemCode: 'ENOTDIR' } });
  });
});

describe('what else is in the folder', () => {
  it('is left alone, and the highest numbers count', async () => {
    await createLease(nodeFileSystem, path);
    const names = ['.DS_Store', '9-x.held', '99999999999999999999.free', '7.free', '7.free.bak', '.nfs000001'];
    for (const name of names) await writeFile(join(path, name), 'x');
    await using lease = await acquire();
    expect(lease.fence).toBe(8);
    expect(await readdir(path)).toEqual(expect.arrayContaining(['.DS_Store', '9-x.held', '0.free']));
  });

  it('an empty folder becomes a lease, and what others left of the making goes', async () => {
    await mkdir(path);
    const leftover = `${path}.0123456789abcdef.new`;
    await mkdir(leftover);
    await writeFile(join(leftover, '0.free'), '');
    await writeFile(`${path}.notes`, 'mine');
    await using lease = await acquire();
    expect(lease.fence).toBe(1);
    expect((await readdir(join(path, '..'))).toSorted()).toEqual(['gc.lease', 'gc.lease.notes']);
  });
});
