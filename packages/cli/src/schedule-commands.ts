import { ModelkeepError } from '@modelkeep/core';
import { InvalidArgumentError } from 'commander';
import { readDuration } from './arguments/duration.ts';
import { addSchedule, listSchedules, removeSchedule, type ScheduleOptions } from './commands/schedules.ts';
import type { CommandGroup } from './run-within.ts';

const actions = ['list', 'add', 'remove'] as const;
type ScheduleAction = (typeof actions)[number];

/** @internal Jobs that are submitted again and again. */
export function addScheduleCommands({ command, within }: CommandGroup): void {
  command('schedules', 'jobs that are submitted again and again: list, add <id> <type> [payload], remove <id>')
    .argument('[action]', actions.join(', '), readAction, 'list')
    .argument('[what...]', 'with add: a name, a type of job, and its payload as JSON; with remove: a name')
    .option('--every <duration>', 'with add: 90s, 15m, 1h, 7d', duration)
    .option('--cron <expression>', 'with add: five fields, such as "30 2 * * *"')
    .option('--time-zone <zone>', 'with --cron: Europe/Berlin (default: that of this machine)')
    .action((action: ScheduleAction, what: string[], options: ScheduleOptions) => {
      checkUse(action, what, options);
      const [id = '', type = '', payload = '{}'] = what;
      return within(options, action === 'add' ? 'create' : 'write', (context) => {
        if (action === 'list') return listSchedules(context);
        if (action === 'remove') return removeSchedule(context, id);
        return addSchedule(context, { id, type, payload }, options);
      });
    });
}

function readAction(value: string): ScheduleAction {
  const action = actions.find((one) => one === value);
  if (action === undefined) throw new InvalidArgumentError(`Allowed choices are ${actions.join(', ')}.`);
  return action;
}

function duration(value: string): number {
  const durationMs = readDuration(value);
  if (durationMs === null) throw new InvalidArgumentError('a duration is expected, such as 90s, 15m, 1h or 7d');
  return durationMs;
}

function checkUse(action: ScheduleAction, { length }: readonly string[], options: ScheduleOptions): void {
  const { every, cron, timeZone } = options;
  const isTimed = every !== undefined || cron !== undefined || timeZone !== undefined;
  const isGood = {
    list: length === 0 && !isTimed,
    add: (length === 2 || length === 3) && (every === undefined) !== (cron === undefined),
    remove: length === 1 && !isTimed,
  };
  const isZoneOfCron = timeZone === undefined || cron !== undefined;
  if (isGood[action] && isZoneOfCron) return;
  throw new ModelkeepError('core.invalid-argument', {
    message: `schedules ${action} takes something else`,
    facts: { argument: 'what' },
    hint: `schedules add scan-loras scan '{"roots": ["/apps/loras"]}' --every 1h, or --cron "30 2 * * *"; schedules remove scan-loras`,
  });
}
