import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run } from '../alternate.ts';
import { programFolder } from './build-programs.ts';

const SAMPLE_MS = 20;

/** What {@link runCommand} runs. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** It starts others that do the work: its own memory says nothing. */
  readonly isWrapper?: boolean;
}

/** A Node program of `programs/` with its input. */
export function nodeCommand(program: string, input: object): Command {
  return { command: process.execPath, args: [join(programFolder, `${program}.program.mjs`), JSON.stringify(input)] };
}

/**
 * Runs a program and times it from its start to its end as a whole process. Figures that it prints as one line of JSON
 * come along. On Linux with the most memory that it held at once (sampled).
 */
export async function runCommand({ command, args, environment = {}, isWrapper = false }: Command): Promise<Run> {
  // No token and no proxy of the caller's machine: nobody's settings are measured.
  const env = { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...environment };
  const started = performance.now();
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, complaint] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  let peakMiB = Number.NaN;
  const stop = (): boolean => child.kill();
  process.once('exit', stop);
  const sampling = setInterval(() => (peakMiB = peakMemoryMiB(child.pid) ?? peakMiB), SAMPLE_MS);
  try {
    const seconds = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => (peakMiB = peakMemoryMiB(child.pid) ?? peakMiB));
      child.once('close', (code) => {
        if (code === 0) resolve((performance.now() - started) / 1_000);
        else reject(new Error(`${command} ${args.join(' ')} ended with ${code}\n${complaint}`));
      });
    });
    return { seconds, ...figuresIn(output), ...(isWrapper || Number.isNaN(peakMiB) ? {} : { peakMiB }) };
  } finally {
    clearInterval(sampling);
    process.off('exit', stop);
  }
}

function figuresIn(output: string): Run {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  return line.startsWith('{') ? (JSON.parse(line) as Run) : {};
}

/** The kernel's own high-water mark of a process, where it tells one. */
function peakMemoryMiB(pid: number | undefined): number | undefined {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kibibytes === undefined ? undefined : Number(kibibytes) / 1_024;
  } catch {
    // Not Linux, or the process is gone.
    return undefined;
  }
}
