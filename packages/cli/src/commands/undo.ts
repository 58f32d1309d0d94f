import { ModelkeepError } from '@modelkeep/core';
import type { UndoableRun } from 'modelkeep';
import { folderOf, linkedAppOf } from '../arguments/app-folder.ts';
import type { ExitCode } from '../exit-code.ts';
import { linkExitCode, outcomeText, runsText, undoText } from '../output/link-lines.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface UndoOptions extends CommonOptions {
  readonly run?: string;
  readonly list?: boolean;
  readonly dryRun?: boolean;
}

/** @internal Takes back what a run of `link` did; a link that somebody has changed since makes the command fail. */
export async function undoLink(
  { library, terminal, signal, json }: CommandContext,
  { app, directory, options }: { readonly app: string; readonly directory: string; readonly options: UndoOptions },
): Promise<ExitCode> {
  const appRoot = folderOf(directory);
  const found = await linkedAppOf(library, { app, appRoot, signal });
  const runs = await library.linkRuns({ app: found, appRoot, signal });
  if (options.list === true) {
    terminal.out(json ? JSON.stringify(runs, null, 2) : runsText(runs));
    return 0;
  }
  const run = runOf(runs, { wanted: options.run, app: found, appRoot });
  if (options.dryRun === true) {
    const plan = await library.planUndoLinks(run, { signal });
    terminal.out(json ? JSON.stringify(plan, null, 2) : undoText(plan));
    return 0;
  }
  const undone = await library.undoLinks(run, { signal });
  terminal.out(json ? JSON.stringify(undone, null, 2) : outcomeText(undone));
  return linkExitCode(undone);
}

/** The last run, or the one whose id begins as was said. */
function runOf(
  runs: readonly UndoableRun[],
  { wanted, app, appRoot }: { readonly wanted: string | undefined; readonly app: string; readonly appRoot: string },
): UndoableRun {
  const [run, other] = wanted === undefined ? runs.slice(0, 1) : runs.filter(({ id }) => id.startsWith(wanted));
  if (run !== undefined && other === undefined && wanted !== '') return run;
  const fitting = other === undefined ? 'no run' : 'more than one run';
  const named = wanted === undefined ? '' : ` whose id begins with "${wanted}"`;
  throw new ModelkeepError('core.invalid-argument', {
    message: `there is ${fitting} of ${app} in ${appRoot}${named} that can be taken back`,
    facts: { argument: wanted === undefined ? 'dir' : '--run', found: wanted ?? appRoot },
    hint: 'undo --list tells the runs; `unlink` removes all links',
  });
}
