import type { ScheduleRecord } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { readPayload } from '../arguments/job-payload.ts';
import { alignColumns } from '../output/model-lines.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface ScheduleOptions extends CommonOptions {
  /** In milliseconds. */
  readonly every?: number;
  readonly cron?: string;
  readonly timeZone?: string;
}

/** @internal */
export async function listSchedules({ library, terminal, signal, json }: CommandContext): Promise<ExitCode> {
  const schedules = await library.jobs.schedules({ signal });
  if (json) terminal.out(JSON.stringify({ schedules }, null, 2));
  else if (schedules.length === 0) terminal.err('nothing is scheduled: schedules add <id> <type> --every 1h');
  else terminal.out(alignColumns([['ID', 'TYPE', 'EVERY', 'NEXT', 'LAST JOB'], ...schedules.map(rowOf)]));
  return 0;
}

function rowOf({ id, job, every, nextAt, lastJobId }: ScheduleRecord): string[] {
  const told = 'cron' in every ? `${every.cron} (${every.timeZone})` : `${every.intervalMs / 1_000} s`;
  return [id, job.type, told, nextAt, lastJobId ?? '-'];
}

/** @internal One of this name is replaced. */
export async function addSchedule(
  { library, terminal, signal, json }: CommandContext,
  { id, type, payload }: { readonly id: string; readonly type: string; readonly payload: string },
  { every, cron, timeZone }: ScheduleOptions,
): Promise<ExitCode> {
  const zone = timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  // The library refuses what is no type, and a payload that is not of it.
  const added = await library.jobs.schedule(
    {
      id,
      job: { type, payload: readPayload(payload) },
      every: cron === undefined ? { intervalMs: every ?? 0 } : { cron, timeZone: zone },
    },
    { signal },
  );
  terminal.out(json ? JSON.stringify(added, null, 2) : `${id} is submitted from ${added.nextAt} on`);
  terminal.err('by whoever does jobs then: modelkeep jobs run');
  return 0;
}

/** @internal 1 where there was none. */
export async function removeSchedule(
  { library, terminal, signal, json }: CommandContext,
  id: string,
): Promise<ExitCode> {
  const removed = await library.jobs.unschedule(id, { signal });
  terminal.out(json ? JSON.stringify({ removed }, null, 2) : removed ? 'the schedule is gone' : 'there was none');
  return removed ? 0 : 1;
}
