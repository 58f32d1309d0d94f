import { systemCodeOf } from '../errors/system-code-of.ts';
import { processIdentity, type ProcessIdentity } from './process-identity.ts';
import { readProcessState } from './process-state.ts';

/** What can be said about a process: this one, certainly running, certainly ended, or not to be told from here. */
export type ProcessLiveness = 'self' | 'alive' | 'dead' | 'unknown';

/**
 * What can be said about a process from here.
 *
 * On Linux `dead` is: the machine was started again since, or the process id is free or belongs to a process with
 * another start time. Elsewhere only a free process id on the same machine is a proof, and an id that is in use counts
 * as alive although another process may have got it. Processes of other machines and other containers are `unknown`. It
 * relies on a machine's id and name not being shared with another machine that uses the same folder.
 */
export function processLiveness(identity: ProcessIdentity, self: ProcessIdentity = processIdentity()): ProcessLiveness {
  if (identity.instanceId === self.instanceId) return 'self';
  const sameHost = identity.hostId === self.hostId;
  if (identity.bootId !== self.bootId) {
    return sameHost && identity.bootId !== '' && self.bootId !== '' ? 'dead' : 'unknown';
  }
  if (identity.bootId === '') return sameHost ? byProcessId(identity.pid) : 'unknown';
  if (identity.pidSpace === 0 || identity.pidSpace !== self.pidSpace) return 'unknown';
  if (byProcessId(identity.pid) === 'dead') return 'dead';
  const state = readProcessState(identity.pid);
  if (state === undefined) return 'unknown';
  return state.ended || state.startTime !== identity.startTime ? 'dead' : 'alive';
}

/** Whether the process cannot write to any file any more, for certain: see {@link processLiveness}. */
export function isProvablyDead(identity: ProcessIdentity): boolean {
  return processLiveness(identity) === 'dead';
}

function byProcessId(pid: number): ProcessLiveness {
  // 0 and negative numbers would ask about groups of processes.
  if (!Number.isSafeInteger(pid) || pid < 1) return 'unknown';
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch (error) {
    return systemCodeOf(error) === 'ESRCH' ? 'dead' : 'alive';
  }
}
