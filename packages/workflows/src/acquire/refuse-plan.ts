import { ModelkeepError, type WaitingForUser } from '@modelkeep/core';
import type { DownloadPlan } from './download-plan.ts';
import type { DownloadContext } from './download-types.ts';

/**
 * A plan names the hub that it was made for; what another hub says under the same names is something else.
 *
 * @throws `core.invalid-argument`
 */
export function refuseOtherHub({ hub, civitai }: Pick<DownloadContext, 'hub' | 'civitai'>, plan: DownloadPlan): void {
  const { source } = plan;
  if (source.provider === 'url' || plan.files.every(({ present }) => present)) return;
  const { endpoint } = source.provider === 'hf' ? hub : civitai;
  if (source.endpoint === endpoint) return;
  throw new ModelkeepError('core.invalid-argument', {
    message: `the plan was made for ${source.endpoint} and this library downloads from ${endpoint}`,
    facts: { argument: 'plan.source.endpoint', found: source.endpoint },
    hint: 'plan the download again',
  });
}

/** @internal The error of a download that is not to wait for a person. */
export function waitingError(
  { source, gate }: Pick<DownloadPlan, 'source' | 'gate'>,
  { reason, url }: WaitingForUser,
): ModelkeepError<'workflows.waiting-for-user'> {
  const facts = { reason, url };
  if (source.provider === 'civitai') return civitaiError(source.versionId, { reason, url });
  const repo = source.provider === 'hf' ? source.repo : source.url;
  if (gate === null) {
    return new ModelkeepError('workflows.waiting-for-user', {
      message: `the hub wants a token, or another one, for ${repo}`,
      facts,
      hint: `make a token at ${url} and pass it, then start the download again`,
    });
  }
  return new ModelkeepError('workflows.waiting-for-user', {
    message:
      reason === 'token'
        ? `${repo} is gated: the hub wants a token of somebody who accepted its conditions`
        : `${repo} is gated: its conditions have to be accepted first`,
    facts,
    hint: `accept the conditions at ${gate.acceptUrl}${reason === 'token' ? ' and pass a token' : ''}, then start the download again`,
  });
}

function civitaiError(
  versionId: number,
  { reason, url }: WaitingForUser,
): ModelkeepError<'workflows.waiting-for-user'> {
  const why = {
    token: 'wants an API key, or another one,',
    gate: 'gives this account no access',
    'early-access': 'sells early access',
  }[reason];
  return new ModelkeepError('workflows.waiting-for-user', {
    message: `Civitai ${why} to version ${versionId}`,
    facts: { reason, url },
    hint:
      reason === 'token'
        ? `make an API key at ${url} and pass it (CIVITAI_API_KEY), then start the download again`
        : `see ${url}, then start the download again`,
  });
}
