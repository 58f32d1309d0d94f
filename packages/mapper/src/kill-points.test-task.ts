import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AppliedPlan } from './apply/applied-plan.ts';
import type { MappableModel } from './plan/mappable-model.ts';

/** @internal What the program of the kill tests does. */
export interface KillTask {
  readonly action: 'apply' | 'undo' | 'unlinkAll' | 'mixed';
  readonly appRoot: string;
  /** Set for config files that lead to a folder of links in it. */
  readonly config?: { readonly app: string; readonly viewFolder: string } | undefined;
  readonly database: string;
  readonly models: readonly MappableModel[];
  readonly applied: AppliedPlan | null;
  /** Others map at the same time: it takes the lock of the links. */
  readonly inCrowd?: boolean | undefined;
  /** For `mixed`: which things are done, one after the other. */
  readonly seed?: number | undefined;
  /** The step before which the process ends; Infinity is null in JSON: never. */
  readonly killAt: number | null;
}

/** @internal Runs it in a process of its own. Answers the number of steps, or null when it was killed. */
export async function runKillTask(folder: string, task: KillTask): Promise<number | null> {
  const file = join(folder, `task-${crypto.randomUUID()}.json`);
  await writeFile(file, JSON.stringify(task));
  const program = fileURLToPath(new URL('./kill-points.test-program.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=modelkeep-source', program, file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk.toString()));
  const [exitCode, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (signal === 'SIGKILL') return null;
  if (exitCode !== 0) throw new Error(`the program ended with ${exitCode ?? signal}: ${err.join('')}`);
  return Number(out.join(''));
}
