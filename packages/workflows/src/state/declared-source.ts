import type { DeclaredModel } from '@modelkeep/fleet';
import type { HubReference } from '@modelkeep/hf-client';
import type { DownloadPlan } from '../acquire/download-plan.ts';
import type { PlanDownloadOptions } from '../acquire/plan-download.ts';
import { readModelReference } from '../acquire/read-model-reference.ts';
import { bareUrl } from '../acquire/address-book.ts';

/** @internal What a declared source means. */
export interface DeclaredSource {
  /** `org/name`, `civitai:<model>` or the address of a file without its query. */
  readonly repoId: string;
  /** The reference to a repo of the hub; null for other sources. */
  readonly hub: HubReference | null;
}

/**
 * @internal
 * @throws `hub.invalid-reference`, `workflows.invalid-reference`
 */
export function readDeclaredSource(source: string, endpoint: string): DeclaredSource {
  const reference = readModelReference(source, endpoint);
  if (reference.provider === 'hf') return { repoId: reference.repo, hub: reference };
  if (reference.provider === 'url') return { repoId: bareUrl(reference.url), hub: null };
  const { modelId, versionId } = reference;
  return { repoId: modelId === null ? `civitai:@${versionId ?? ''}` : `civitai:${modelId}`, hub: null };
}

/** @internal The repo and the revision of what a plan downloads, as the manifest says them. */
export function planIdentity({ source }: DownloadPlan): { readonly revision: string | null } {
  if (source.provider === 'hf') return { revision: source.commit };
  return { revision: source.provider === 'civitai' ? String(source.versionId) : null };
}

/** @internal What a plan of a declared model selects. */
export function selectionOf({ selection }: Pick<DeclaredModel, 'selection'>): PlanDownloadOptions {
  return (selection ?? {}) as PlanDownloadOptions;
}
