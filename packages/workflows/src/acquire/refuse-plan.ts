import { ModelkeepError } from '@modelkeep/core';
import type { DownloadPlan } from './download-plan.ts';

/**
 * A plan names the hub that it was made for; what another hub says under the same names is something else.
 *
 * @throws `core.invalid-argument`
 */
export function refuseOtherHub(endpoint: string, plan: DownloadPlan): void {
  if (plan.endpoint === endpoint || plan.bytesNeeded === 0) return;
  throw new ModelkeepError('core.invalid-argument', {
    message: `the plan was made for ${plan.endpoint} and this library downloads from ${endpoint}`,
    facts: { argument: 'plan.endpoint', found: plan.endpoint },
    hint: 'plan the download again',
  });
}

/** @throws `workflows.waiting-for-user` when a person has to act before the files can be fetched */
export function refuseClosedGate({ gate, repo, bytesNeeded }: DownloadPlan): void {
  if (gate === null || gate.granted || bytesNeeded === 0) return;
  const reason = gate.reason ?? 'gate';
  throw new ModelkeepError('workflows.waiting-for-user', {
    message:
      reason === 'token'
        ? `${repo} is gated: the hub wants a token of somebody who accepted its conditions`
        : `${repo} is gated: its conditions have to be accepted first`,
    facts: { reason, url: gate.acceptUrl },
    hint: `accept the conditions at ${gate.acceptUrl}${reason === 'token' ? ' and pass a token' : ''}, then start the download again`,
  });
}
