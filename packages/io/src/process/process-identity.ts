import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { readProcessState } from './process-state.ts';

/** One running process, told apart from every other one on any machine. Plain data. */
export interface ProcessIdentity {
  /**
   * The machine: its machine id and name, or its name and network addresses where it has no id. 12 hex. It may change
   * with them: good to tell that two processes run on one machine, not to know a machine again later.
   */
  readonly hostId: string;
  /** One run of the machine's kernel: 12 hex on Linux, empty elsewhere. */
  readonly bootId: string;
  /** The space that process ids count in on Linux: each container has its own. 0 elsewhere. */
  readonly pidSpace: number;
  readonly pid: number;
  /** When the process started, in clock ticks since the boot, on Linux; 0 elsewhere. */
  readonly startTime: number;
  /** Random, one per process. 12 hex. */
  readonly instanceId: string;
}

const instanceId = randomBytes(6).toString('hex');

/** The identity of this process. */
export function processIdentity(): ProcessIdentity {
  const bootId = readText('/proc/sys/kernel/random/boot_id');
  return {
    hostId: hostId(),
    bootId: bootId === undefined ? '' : shortHash(bootId),
    pidSpace: pidSpace(),
    pid: process.pid,
    startTime: readProcessState(process.pid)?.startTime ?? 0,
    instanceId,
  };
}

const ENCODED = /^([0-9a-f]{12})-([0-9a-f]{12}|none)-(\d{1,10})-([1-9]\d{0,9})-(\d{1,15})-([0-9a-f]{12})$/;

/** The identity as a text of at most 80 characters that is safe within a file name. */
export function encodeProcessIdentity(identity: ProcessIdentity): string {
  const { hostId, bootId, pidSpace, pid, startTime, instanceId } = identity;
  return [hostId, bootId === '' ? 'none' : bootId, pidSpace, pid, startTime, instanceId].join('-');
}

/** Reads what {@link encodeProcessIdentity} wrote; undefined for any other text. */
export function decodeProcessIdentity(text: string): ProcessIdentity | undefined {
  const found = ENCODED.exec(text);
  if (found === null) return undefined;
  const [, hostId = '', bootId = '', space, pid, start, instanceId = ''] = found;
  return {
    hostId,
    bootId: bootId === 'none' ? '' : bootId,
    pidSpace: Number(space),
    pid: Number(pid),
    startTime: Number(start),
    instanceId,
  };
}

function hostId(): string {
  const machineId = readText('/etc/machine-id') ?? '';
  if (machineId !== '') return shortHash(`${machineId}\n${hostname()}`);
  const addresses = Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ internal }) => !internal)
    .map(({ mac }) => mac);
  return shortHash([hostname(), ...new Set(addresses.sort())].join('\n'));
}

function pidSpace(): number {
  try {
    return Number(/\[(\d{1,10})\]$/.exec(readlinkSync('/proc/self/ns/pid'))?.[1] ?? 0);
  } catch {
    // Only Linux has this file.
    return 0;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // Only Linux has these files.
    return undefined;
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
