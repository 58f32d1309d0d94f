import { spawnSync } from 'node:child_process';
import type { Contender, Run } from '../alternate.ts';
import { runCommand, type Command } from '../transfer/run-program.ts';
import { freshFolder } from '../transfer/target-folder.ts';

/** What a program of the system is run with. */
export interface PeerProgram {
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  /** Bytes that any contender of the row writes: each finds the machine in the same state. */
  readonly sizeBytes: number;
}

/** Whether a program is installed. One that is not is named and left out. */
export function isInstalled(program: string): boolean {
  const { error } = spawnSync(program, ['--version'], { stdio: 'ignore' });
  if (error !== undefined) console.log(`${program} is not installed and left out`);
  return error === undefined;
}

/** A program of the system in a fresh folder, with the processor time that it took. */
export function peerProgram({ name, command, folder, sizeBytes }: PeerProgram): Contender {
  // What bash measures goes to stdout as the last line, where figures are looked for.
  const script = 'TIMEFORMAT=\'{"userSeconds":%U,"systemSeconds":%S}\'; { time "$@" >/dev/null; } 2>&1';
  const timed: Command = { command: 'bash', args: ['-c', script, 'bash', ...command], isWrapper: true };
  return {
    name,
    prepare: () => freshFolder(folder, sizeBytes),
    run: (): Promise<Run> => runCommand(timed),
  };
}
