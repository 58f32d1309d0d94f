import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** @internal A folder for one test, removed after it. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'modelkeep-sqlite-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** @internal */
export interface Child {
  readonly process: ChildProcess;
  /** The next line that it prints. */
  line(): Promise<string>;
  /** Ends with the exit code (or the signal) once the program has ended. */
  readonly ended: Promise<number | string>;
}

/** @internal The command that runs a program from the sources. */
export function nodeCommand(program: string, args: readonly string[]): string[] {
  return [process.execPath, '--conditions=modelkeep-source', fileURLToPath(new URL(program, import.meta.url)), ...args];
}

/** @internal Starts a program of this folder as a process of its own; it is killed when the test ends before it. */
export function startChild(program: string, args: readonly string[]): Child {
  return startCommand(nodeCommand(program, args));
}

/** @internal */
export function startCommand([command = '', ...args]: readonly string[]): Child {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) => (code as number | null) ?? (signal as string));
  return { process: child, ended, line: async () => String((await lines.next()).value) };
}
