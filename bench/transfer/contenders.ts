import type { Contender, Run } from '../alternate.ts';
import type { IdleProcess } from './idle-process.ts';
import { runCommand, type Command } from './run-program.ts';
import { freshFolder, requireBytes } from './target-folder.ts';

/** Where a contender writes, and how much. */
export interface Target {
  readonly folder: string;
  readonly sizeBytes: number;
}

/** A contender that is a program: each run in a new process, in a fresh folder; what it left is looked at. */
export function programContender(name: string, command: Command, target: Target): Contender {
  return {
    name,
    prepare: () => freshFolder(target.folder, target.sizeBytes),
    async run() {
      const run = await runCommand(command);
      await requireBytes(target.folder, target.sizeBytes);
      return run;
    },
  };
}

/** The same, with how much later its event loop was than that of an idle process at the same time. */
export function ourContender(idle: IdleProcess, { name, prepare, run }: Contender): Contender {
  return {
    name,
    ...(prepare === undefined ? {} : { prepare }),
    async run(): Promise<Run> {
      const { result, p99Ms } = await idle.during(run);
      const figures: Run = result ?? {};
      return { ...figures, loopAboveIdleMs: (figures['loopP99Ms'] ?? Number.NaN) - p99Ms };
    },
  };
}
