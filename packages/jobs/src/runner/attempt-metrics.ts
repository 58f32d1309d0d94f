import { serialiseError, type Logger, type Metrics } from '@modelkeep/core';
import type { JobOutcome } from '../ports/claim.ts';

const attempts = { name: 'modelkeep_job_attempts_total', help: 'Attempts at jobs that ended here, by outcome.' };
const seconds = { name: 'modelkeep_job_attempt_seconds', help: 'How long attempts at jobs took.' };

/** @internal Tells of an attempt that ended; null: its end was not taken, as the job is somebody else's. Metrics that throw do not harm a job. */
export function recordAttempt(
  { metrics, logger }: { readonly metrics: Metrics; readonly logger: Logger },
  { type, outcome, tookMs }: { readonly type: string; readonly outcome: JobOutcome | null; readonly tookMs: number },
): void {
  try {
    metrics.count(attempts, { type, outcome: outcome?.kind ?? 'lost' }, 1);
    metrics.observe(seconds, { type }, tookMs / 1_000);
  } catch (error) {
    logger.warn('metrics were refused', { error: serialiseError(error).message });
  }
}
