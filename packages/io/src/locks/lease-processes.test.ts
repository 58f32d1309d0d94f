import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { nodeFileSystem } from '../node/node-file-system.ts';
import { acquireLease } from './acquire-lease.ts';
import type { AcquireLeaseOptions, Lease } from './lease.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-lease-'));
  path = join(folder, 'gc.lease');
});
afterEach(() => rm(folder, { recursive: true }));

function acquire(options: Partial<AcquireLeaseOptions> = {}): Promise<Lease> {
  return acquireLease({ fileSystem: nodeFileSystem, path, ...options });
}

interface Child {
  readonly process: ChildProcess;
  line(): Promise<string>;
  readonly ended: Promise<number | string>;
}

function start(...args: readonly string[]): Child {
  const program = fileURLToPath(new URL('lease.test-program.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=modelkeep-source', program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) => (code as number | null) ?? (signal as string));
  return { process: child, ended, line: async () => String((await lines.next()).value) };
}

describe('a holder of another process', () => {
  it('was killed: the lease is free at once', async () => {
    const child = start('hold', path);
    expect(await child.line()).toBe('held 1');
    await expect(acquire({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'io.lease-held' });
    child.process.kill('SIGKILL');
    await child.ended;
    await using lease = await acquire({ timeoutMs: 2_000, expiryMs: 60_000 });
    expect(lease.fence).toBe(2);
  });

  it('stood still: it learns that it has lost, and harms nobody', async () => {
    const child = start('hold', path);
    expect(await child.line()).toBe('held 1');
    child.process.kill('SIGSTOP');
    const lease = await acquire({ heartbeatMs: 100, expiryMs: 1_500 });
    expect(lease.fence).toBe(2);
    child.process.kill('SIGCONT');
    expect(await child.line()).toBe('lost io.lease-lost');
    expect(await child.line()).toBe('check io.lease-lost');
    expect(await child.line()).toBe('released');
    await lease.check();
    await lease.release();
    expect(await readdir(path)).toEqual(['2.free']);
    child.process.kill('SIGKILL');
  });
});

it('8 processes, 50 read-modify-writes of one file each: none is lost', async () => {
  const file = `${path}.json`;
  await writeFile(file, JSON.stringify({ updates: [] }));
  const processes = Number(process.env['MODELKEEP_LOCK_PROCESSES'] ?? 8);
  const times = processes > 8 ? 500 : 50;
  const children = Array.from({ length: processes }, () => start('update', path, file, String(times)));
  expect(await Promise.all(children.map((it) => it.ended))).toEqual(children.map(() => 0));
  const { updates } = JSON.parse(await readFile(file, 'utf8')) as { updates: string[] };
  expect(new Set(updates).size).toBe(processes * times);
}, 120_000);
