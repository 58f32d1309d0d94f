import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import {
  decodeProcessIdentity,
  encodeProcessIdentity,
  processIdentity,
  type ProcessIdentity,
} from './process-identity.ts';
import { machineId } from './machine-id.ts';
import { isProvablyDead, processLiveness } from './process-liveness.ts';
import { readProcessState } from './process-state.ts';

const self = processIdentity();

/** Another process of this machine. */
function other(pid: number, change: Partial<ProcessIdentity> = {}): ProcessIdentity {
  const startTime = readProcessState(pid)?.startTime ?? 1;
  return { ...self, instanceId: '0123456789ab', pid, startTime, ...change };
}

describe('processIdentity', () => {
  it('is the same each time, and has all that Linux tells', () => {
    expect(processIdentity()).toEqual(self);
    expect(self.pid).toBe(process.pid);
    if (process.platform === 'linux') {
      expect(self.bootId).toMatch(/^[0-9a-f]{12}$/);
      expect(self.pidSpace).toBeGreaterThan(0);
      expect(self.startTime).toBeGreaterThan(0);
    }
  });

  it('survives the way through a file name', () => {
    for (const identity of [self, { ...self, bootId: '', pidSpace: 0, startTime: 0 }]) {
      const text = encodeProcessIdentity(identity);
      expect(text).toMatch(/^[0-9a-z-]{1,80}$/);
      expect(decodeProcessIdentity(text)).toEqual(identity);
    }
  });

  it.each([
    '',
    'x',
    '../../etc/passwd',
    encodeProcessIdentity({ ...self, pid: 0 }),
    encodeProcessIdentity({ ...self, pid: -1 }),
    `${encodeProcessIdentity(self)}\n`,
  ])('reads no identity in %j', (text) => expect(decodeProcessIdentity(text)).toBeUndefined());
});

describe('processLiveness', () => {
  it('knows itself, a process that runs, and one that has ended', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    await once(child, 'spawn');
    const identity = other(child.pid ?? 0);
    expect(processLiveness(self)).toBe('self');
    expect(processLiveness(identity)).toBe('alive');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(processLiveness(identity)).toBe('dead');
    expect(isProvablyDead(identity)).toBe(true);
  });

  it('is not deceived by a process id that is used again', () => {
    expect(processLiveness(other(process.pid, { startTime: 1 }))).toBe('dead');
    expect(processLiveness(other(process.pid))).toBe('alive');
  });

  it.each([
    ['dead', 'of the same machine before its last start', { bootId: 'ba9876543210' }],
    ['unknown', 'of another machine', { bootId: 'ba9876543210', hostId: 'ba9876543210' }],
    ['unknown', 'of another container', { pidSpace: 7 }],
    ['unknown', 'of a system that tells no boot', { bootId: '' }],
  ] as const)('calls a process %s that is %s', (liveness, _name, change) => {
    expect(processLiveness(other(process.pid, change))).toBe(liveness);
  });

  it('judges by the machine and the process id alone where there is no boot id', () => {
    const here = { ...self, bootId: '', pidSpace: 0, startTime: 0 };
    const there = { ...here, instanceId: '0123456789ab' };
    expect(processLiveness(there, here)).toBe('alive');
    expect(processLiveness({ ...there, pid: 4_194_305 }, here)).toBe('dead');
    expect(processLiveness({ ...there, pid: 4_194_305, hostId: 'ba9876543210' }, here)).toBe('unknown');
    expect(processLiveness({ ...there, pid: -1 }, here)).toBe('unknown');
  });

  it('proves nothing where the space of process ids is not known', () => {
    const here = { ...self, pidSpace: 0 };
    expect(processLiveness({ ...here, instanceId: '0123456789ab', pid: 4_194_305 }, here)).toBe('unknown');
  });
});

describe('the machine', () => {
  it('has the same id for every process, which is no secret of its own', () => {
    expect(machineId()).toMatch(/^[0-9a-f]{12}$/);
    expect(machineId()).toBe(machineId());
  });
});
