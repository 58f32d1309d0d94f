import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { bundleCommand } from '../scripts/bundle-command.ts';

const root = join(import.meta.dirname, '..');

/** How the command is run. */
export interface RunCliOptions {
  /** Variables beside the few that a process needs; nothing of the machine's own settings gets in. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Sees the process as soon as it runs. */
  readonly onStart?: (child: ChildProcess) => void;
  /** A file that takes stdout instead. */
  readonly stdoutTo?: number;
  /** The built command instead of one that is bundled from the sources. */
  readonly built?: boolean;
  /** How many files it may have open; not on Windows. */
  readonly openFiles?: number;
}

/** What a run of the command gave. */
export interface CliRun {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as the JSON document that `--json` promises. */
  json<T>(): T;
}

/** V8 ends the process when wrappers of WebAssembly are replaced; the command that is installed starts with this as well. */
const flags = ['--wasm-wrapper-tiering-budget=1000000000'];
let bundled: Promise<string> | undefined;

/** Runs the command as a process of its own and waits for its end. */
export async function runCli(args: readonly string[], options: RunCliOptions = {}): Promise<CliRun> {
  const built = join(root, 'packages/cli/bin/modelkeep.js');
  const start = options.built === true ? [built] : [...flags, await (bundled ??= bundleCommand())];
  const command = [process.execPath, ...start, ...args];
  const limited = ['bash', '-c', 'ulimit -n "$0" && exec "$@"', `${options.openFiles}`, ...command];
  const [program = '', ...rest] = options.openFiles === undefined ? command : limited;
  const child = spawn(program, rest, {
    cwd: import.meta.dirname,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: '/nonexistent',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
      ...options.environment,
    },
    stdio: ['ignore', options.stdoutTo ?? 'pipe', 'pipe'],
  });
  options.onStart?.(child);
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (exitCode, signal) =>
      resolve({ exitCode, signal, stdout, stderr, json: <T>() => JSON.parse(stdout) as T }),
    );
  });
}
