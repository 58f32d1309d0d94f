import type { JobSettlement } from '../ports/claim.ts';

/** How a job ends whose payload cannot be read. */
export function damagedEnd({
  id,
  type,
  token,
}: {
  readonly id: string;
  readonly type: string;
  readonly token: number;
}): JobSettlement {
  return {
    id,
    token,
    outcome: {
      kind: 'fail',
      final: true,
      error: {
        name: 'ModelkeepError',
        message: 'what is stored of the job is damaged',
        code: 'jobs.bad-payload',
        facts: { id, type, reason: 'it is no JSON' },
      },
    },
  };
}
