import { readFileSync } from 'node:fs';

/** @internal What Linux tells about a process. */
export interface ProcessState {
  /** Clock ticks since the boot. */
  readonly startTime: number;
  /** Whether it has ended, with all its threads, and only waits for its parent to ask for the exit code. */
  readonly ended: boolean;
}

/** @internal Reads `/proc/<pid>/stat`; undefined where there is no such process or no such file. */
export function readProcessState(pid: number): ProcessState | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // Not Linux, no such process, or one that this user may not see: all of them are "not known" here.
    return undefined;
  }
  // proc_pid_stat(5): "pid (name) state ppid …", the name may hold anything; then state is field 3, num_threads 20, starttime 22.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const startTime = Number(fields[22 - 3]);
  if (!Number.isSafeInteger(startTime)) return undefined;
  return { startTime, ended: (fields[0] === 'Z' || fields[0] === 'X') && Number(fields[20 - 3]) <= 1 };
}
