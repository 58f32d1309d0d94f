import { isModelkeepError, isSha1 } from '@modelkeep/core';
import { parseReference } from '@modelkeep/hf-client';
import { z } from 'zod';
import type { DownloadPlan, DownloadSource } from '../acquire/download-plan.ts';
import type { PlanDownloadOptions } from '../acquire/plan-download.ts';
import type { JobWorkspace } from './job-workspace.ts';

/** @internal What a name such as `main` stood for when a download began. */
export type Pin =
  | { readonly provider: 'hf'; readonly revision: string; readonly commit: string }
  | { readonly provider: 'civitai'; readonly modelId: number; readonly versionId: number };

/** @internal What a download job keeps from one attempt to the next: which content is meant, and how far it came. */
export interface DownloadCheckpoint {
  readonly source: Pin | null;
  readonly bytesDone: number;
}

const pin: z.ZodType<Pin> = z.discriminatedUnion('provider', [
  z.object({ provider: z.literal('hf'), revision: z.string().min(1).max(4_096), commit: z.string().refine(isSha1) }),
  z.object({ provider: z.literal('civitai'), modelId: z.int().positive(), versionId: z.int().positive() }),
]);
const shape: z.ZodType<DownloadCheckpoint> = z.object({ source: pin.nullable(), bytesDone: z.int().min(0) });

/** @internal What an earlier attempt saved; null where there is none, or none that can be read. */
export function readCheckpoint(saved: unknown): DownloadCheckpoint | null {
  return shape.safeParse(saved).data ?? null;
}

/** @internal The plan of a job, of the same commit or version as that of the attempt before. */
export async function planPinned(
  workspace: Pick<JobWorkspace, 'planDownload'>,
  { reference, ...options }: PlanDownloadOptions & { readonly reference: string },
  pinned: Pin | null,
): Promise<DownloadPlan> {
  if (pinned === null) return workspace.planDownload(reference, options);
  if (pinned.provider === 'civitai') {
    return workspace.planDownload(`civitai:${pinned.modelId}@${pinned.versionId}`, options);
  }
  const plan = await workspace.planDownload(reference, { ...options, revision: pinned.commit });
  // What was asked for stays what is followed for updates.
  return { ...plan, source: { ...plan.source, revision: pinned.revision } as DownloadSource };
}

/** @internal What a later attempt needs to mean the same; null where the reference says it all. */
export function pinOf(reference: string, source: DownloadSource): Pin | null {
  if (source.provider === 'hf') return { provider: 'hf', revision: source.revision, commit: source.commit };
  if (source.provider === 'url' || source.modelId === null) return null;
  const given = parseReference(reference);
  // One that names a version may name a file of it as well.
  if (given.provider !== 'civitai' || given.versionId !== null) return null;
  return { provider: 'civitai', modelId: source.modelId, versionId: source.versionId };
}

/** @internal Whether a source has no such content any more, such as after a history that was rewritten. */
export function isGone(error: unknown): boolean {
  return (
    isModelkeepError(error, 'hub.revision-not-found') ||
    isModelkeepError(error, 'hub.entry-not-found') ||
    // What is planned from a list of files that is kept learns it from the file itself.
    (isModelkeepError(error, 'network.status') && (error.facts.status === 404 || error.facts.status === 410)) ||
    isModelkeepError(error, 'civitai.not-found') ||
    isModelkeepError(error, 'civitai.removed')
  );
}
