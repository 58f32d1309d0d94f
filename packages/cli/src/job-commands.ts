import { ModelkeepError } from '@modelkeep/core';
import { InvalidArgumentError } from 'commander';
import { collect } from './arguments/collect.ts';
import { changeJobs, jobChanges, listJobs, runJobs, showJob, submitJob } from './commands/jobs.ts';
import type { CommandGroup } from './run-within.ts';
import type { CommonOptions } from './session.ts';

interface JobOptions extends CommonOptions {
  readonly untilIdle?: boolean;
  readonly privateOrigin: readonly string[];
}

const actions = ['list', 'show', 'submit', ...jobChanges, 'run'] as const;
type JobAction = (typeof actions)[number];

/** @internal What is to be done, by whichever process. */
export function addJobCommands({ command, within }: CommandGroup): void {
  command('jobs', 'work that outlives its process: list, show, submit, cancel, pause, resume, retry, run')
    .argument('[action]', actions.join(', '), readAction, 'list')
    .argument('[what...]', 'with submit: a type and its payload as JSON; with run: nothing; else ids')
    .option('--until-idle', 'with run: end when nothing is left to do, rather than at Ctrl-C')
    .option(
      '--private-origin <origin>',
      'with run: one of your own network that webhooks may go to, such as http://127.0.0.1:8080 (may be repeated)',
      collect,
      [],
    )
    .action((action: JobAction, what: string[], options: JobOptions) => {
      checkCount(action, what);
      const [first = '', second] = what;
      const withGrants = { ...options, typedUrls: options.privateOrigin };
      return within(withGrants, action === 'submit' || action === 'run' ? 'create' : 'write', (context) => {
        if (action === 'list') return listJobs(context);
        if (action === 'show') return showJob(context, first);
        if (action === 'submit') return submitJob(context, first, second ?? '{}');
        if (action === 'run') return runJobs(context, options.untilIdle === true);
        return changeJobs(context, action, what);
      });
    });
}

function readAction(value: string): JobAction {
  const action = actions.find((one) => one === value);
  if (action === undefined) throw new InvalidArgumentError(`Allowed choices are ${actions.join(', ')}.`);
  return action;
}

function checkCount(action: JobAction, what: readonly string[]): void {
  const count = what.length;
  const isGood =
    action === 'list' || action === 'run'
      ? count === 0
      : action === 'submit'
        ? count === 1 || count === 2
        : action === 'show'
          ? count === 1
          : count > 0;
  if (isGood) return;
  throw new ModelkeepError('core.invalid-argument', {
    message: `jobs ${action} takes something else`,
    facts: { argument: 'what', found: what },
    hint: 'modelkeep jobs --help',
  });
}
