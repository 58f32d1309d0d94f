import type { JobRecord, LibraryJobPayloads, LibraryJobType } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { readPayload } from '../arguments/job-payload.ts';
import { alignColumns } from '../output/model-lines.ts';
import type { CommandContext } from '../session.ts';

/** @internal What can be wished of a job. */
export const jobChanges = ['cancel', 'pause', 'resume', 'retry'] as const;

/** @internal The newest hundred. */
export async function listJobs({ library, terminal, signal, json }: CommandContext): Promise<ExitCode> {
  const { jobs } = await library.jobs.list({ signal });
  if (json) terminal.out(JSON.stringify({ jobs }, null, 2));
  else if (jobs.length === 0) terminal.err('there is no job: jobs submit adds one');
  else terminal.out(alignColumns([['ID', 'TYPE', 'STATE', 'TRIED', 'DONE', 'ADDED'], ...jobs.map(rowOf)]));
  return 0;
}

function rowOf({ id, type, state, attempts, maxAttempts, progress, createdAt }: JobRecord): string[] {
  const done = progress === null ? '-' : `${Math.round(progress.fraction * 100)} %`;
  return [id, type, state, `${attempts}/${maxAttempts}`, done, createdAt];
}

/** @internal */
export async function showJob({ library, terminal, signal }: CommandContext, id: string): Promise<ExitCode> {
  const job = await library.jobs.get(id, { signal });
  terminal.out(JSON.stringify({ ...job, log: await library.jobs.logs(id, { signal }) }, null, 2));
  return 0;
}

/** @internal */
export async function submitJob(context: CommandContext, type: string, payload: string): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  // The library refuses what is no type, and a payload that is not of it.
  const [jobType, jobPayload] = [type as LibraryJobType, readPayload(payload) as LibraryJobPayloads[LibraryJobType]];
  const { id, added } = await library.jobs.submit(jobType, jobPayload, { signal });
  if (!added) terminal.err('an equal job is not over yet');
  terminal.out(json ? JSON.stringify({ id, added }, null, 2) : id);
  return 0;
}

/** @internal 1 where there was nothing to change of one of them. */
export async function changeJobs(
  { library, terminal, signal }: CommandContext,
  change: (typeof jobChanges)[number],
  ids: readonly string[],
): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  for (const id of ids) {
    const { state } = await library.jobs.get(id, { signal });
    const done = await library.jobs[change](id, { signal });
    if (done !== false && (done === true || done.length > 0)) continue;
    terminal.err(`${id} is ${state}: there is nothing to ${change}`);
    exitCode = 1;
  }
  return exitCode;
}

/** @internal Ctrl-C hands back what runs. */
export async function runJobs({ library, signal }: CommandContext, untilIdle: boolean): Promise<ExitCode> {
  await library.jobs.run({ untilIdle, signal });
  return 0;
}
