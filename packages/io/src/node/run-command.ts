import { execFile } from 'node:child_process';
import type { RunCommand } from '../drives/system-files.ts';

/** A machine with many disks prints some tens of kilobytes. */
const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

/** @internal Runs a command of the machine, without a shell. */
export const runCommand: RunCommand = ({ command, args, signal }) =>
  new Promise((resolve, reject) => {
    const limits = { encoding: 'utf8', maxBuffer: MAX_OUTPUT_BYTES, timeout: TIMEOUT_MS, windowsHide: true } as const;
    execFile(command, args, { ...limits, signal }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(signal?.aborted === true ? (signal.reason as Error) : error);
    });
  });
