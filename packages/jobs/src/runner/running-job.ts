import {
  isModelkeepError,
  ModelkeepError,
  redactSecrets,
  serialiseError,
  type Clock,
  type Progress,
} from '@modelkeep/core';
import type { ClaimedJob, JobBeat, JobOutcome } from '../ports/claim.ts';
import { checkpointText } from '../rules/check-new-job.ts';
import type { JobHandler, StopReason } from './job-handler.ts';

/** @internal Work that runs. */
export interface RunningJob {
  readonly claim: ClaimedJob;
  /** Never rejects. Null: the claim is lost, and there is nothing to tell. */
  readonly outcome: Promise<JobOutcome | null>;
  stop(reason: StopReason): void;
  /** What happened since it was last taken. */
  takeBeat(): JobBeat;
}

/** @internal */
export function startJob(claim: ClaimedJob, handler: JobHandler, clock: Clock): RunningJob {
  const { job, token } = claim;
  const controller = new AbortController();
  let stopped: StopReason | null = null;
  let progress: Progress | undefined;
  let saved: unknown = job.checkpoint;
  let lines: { at: string; level: 'info' | 'warn' | 'error'; message: string }[] = [];

  const work = async (): Promise<JobOutcome | null> => {
    try {
      const read = handler.payload.safeParse(job.payload);
      if (!read.success) return { kind: 'fail', final: true, error: serialiseError(badPayload(claim, read.error)) };
      const result = await handler.run(read.data, {
        id: job.id,
        attempt: job.attempts,
        signal: controller.signal,
        stopped: () => stopped,
        report: (now) => void (progress = now),
        checkpoint: () => saved,
        save(checkpoint) {
          // As it is now: the work may change its object, and a store may be told later.
          saved = JSON.parse(checkpointText(checkpoint)) as unknown;
        },
        log(level, message) {
          lines.push({ at: new Date(clock.now()).toISOString(), level, message: redactSecrets(message) });
        },
      });
      return { kind: 'complete', result: handler.result.parse(result) };
    } catch (error) {
      return outcomeOf(error, { stopped, handler });
    }
  };
  return {
    claim,
    outcome: work().then((outcome) => (stopped === 'lost' ? null : outcome)),
    stop(reason) {
      if (stopped !== null) return;
      stopped = reason;
      controller.abort(new DOMException(`the job is to stop: ${reason}`, 'AbortError'));
    },
    takeBeat() {
      // The checkpoint goes with each: one that a store which was away did not hear of must not be lost.
      const checkpoint = saved === job.checkpoint ? undefined : saved;
      const beat = { id: job.id, token, progress, checkpoint, lines };
      [progress, lines] = [undefined, []];
      return beat;
    },
  };
}

function outcomeOf(
  error: unknown,
  { stopped, handler }: { readonly stopped: StopReason | null; readonly handler: JobHandler },
): JobOutcome {
  if (stopped === 'cancel') return { kind: 'cancel' };
  if (stopped === 'pause') return { kind: 'pause' };
  if (stopped !== null) return { kind: 'release' };
  const judged = handler.judge?.(error) ?? null;
  if (judged !== null) return judged;
  return { kind: 'fail', final: isModelkeepError(error, 'core.invalid-argument'), error: serialiseError(error) };
}

function badPayload({ job }: ClaimedJob, cause: Error): ModelkeepError {
  return new ModelkeepError('jobs.bad-payload', {
    message: `the payload of the job ${job.id} is not one of its type ${job.type}`,
    facts: { id: job.id, type: job.type, reason: cause.message.slice(0, 500) },
  });
}
