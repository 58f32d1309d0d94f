import { ModelkeepError, redactUrl, type WaitingForUser } from '@modelkeep/core';
import { askAccess } from './ask-access.ts';
import type { DownloadPlan } from './download-plan.ts';
import type { DownloadContext } from './download-types.ts';

/** @internal What a plan's source is asked through. */
export type AccessContext = Pick<DownloadContext, 'hub' | 'civitai'>;

/**
 * @internal Asks the source of a plan, with the token of now, whether a file may be had.
 *
 * @returns null when it may, else what a person has to do first
 * @throws `hub.*`, `civitai.removed`, `civitai.not-found`, `network.*`
 */
export async function askPlanAccess(
  { hub, civitai }: AccessContext,
  { source }: DownloadPlan,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<WaitingForUser | null> {
  if (source.provider === 'url') return null;
  if (source.provider === 'hf') return askAccess(hub, { repo: source.repo, revision: source.commit, path, signal });
  const { versionId, modelId, fileIds } = source;
  const fileId = fileIds[path] ?? null;
  const access = await civitai.access({ versionId, modelId, fileId }, { signal });
  switch (access.kind) {
    case 'ready':
      return null;
    case 'login':
      return { reason: 'token', url: access.url };
    case 'early-access':
      return { reason: 'early-access', url: access.url, ...(access.until === null ? {} : { until: access.until }) };
    case 'no-access':
      return { reason: 'gate', url: access.url };
    case 'archived':
    case 'not-found':
    default:
      throw gone(civitai.pageUrl({ versionId, modelId }), { fileId, kind: access.kind });
  }
}

function gone(
  url: string,
  { fileId: id, kind }: { readonly fileId: number | null; readonly kind: 'archived' | 'not-found' },
): ModelkeepError {
  const message = `the file ${id ?? ''} is not at ${url} any more`;
  if (kind === 'not-found') {
    return new ModelkeepError('civitai.not-found', { message, facts: { what: 'file', id, status: 404, url } });
  }
  const facts = { what: 'file', id, state: 'archived', status: 410, url } as const;
  return new ModelkeepError('civitai.removed', { message, facts });
}

/** @internal Where a file of a plan is fetched from; null for a plain address, which the plan has itself. */
export function planFileUrl({ hub, civitai }: AccessContext, { source }: DownloadPlan, path: string): string | null {
  if (source.provider === 'url') return null;
  if (source.provider === 'hf') return hub.resolveUrl(source.repo, path, { revision: source.commit });
  return civitai.downloadUrl({ versionId: source.versionId, fileId: source.fileIds[path] ?? null });
}

/** @internal The file whose address an error names. */
export function fileAt(context: AccessContext, plan: DownloadPlan, url: string): string | undefined {
  return plan.files.find(({ path }) => {
    const own = planFileUrl(context, plan, path);
    return own !== null && redactUrl(own) === url;
  })?.path;
}
