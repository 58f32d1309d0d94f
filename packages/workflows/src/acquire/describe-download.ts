import { factsOfCivitai, type Clock, type ModelSource } from '@modelkeep/core';
import type { CommitOptions } from '@modelkeep/library';
import type { DownloadPlan } from './download-plan.ts';

/** @internal Where the files of a plan come from, as metadata says it: never a query. */
export function modelSourcesOf({ source }: DownloadPlan): (path: string) => ModelSource {
  if (source.provider === 'hf') {
    const { endpoint, repo, revision, commit } = source;
    return (path) => ({ provider: 'hf', endpoint, repo, revision, commit, path });
  }
  if (source.provider === 'civitai') {
    const { endpoint, modelId, versionId } = source;
    const repo = modelId === null ? null : String(modelId);
    return (path) => ({ provider: 'civitai', endpoint, repo, revision: String(versionId), commit: null, path });
  }
  const { origin: endpoint, pathname: path } = new URL(source.url);
  return () => ({ provider: 'url', endpoint, repo: null, revision: null, commit: null, path });
}

/** @internal What a source says of the models that come from it. A file on the web says nothing. */
export function descriptionOf(plan: DownloadPlan, clock: Clock): Omit<CommitOptions, 'signal'> {
  const { source, licence, tags, description } = plan;
  if (source.provider === 'url') return { sourceName: new URL(source.url).hostname, sourceGroup: null, layers: {} };
  if (source.provider === 'civitai') {
    const { modelId, versionId, details } = source;
    const facts = factsOfCivitai(details, { description, tags, licence });
    const at = new Date(clock.now()).toISOString();
    return {
      sourceName: details.modelName ?? `civitai-${versionId}`,
      sourceGroup: modelId === null ? null : `civitai:${modelId}`,
      layers: { 'civitai-api': { facts, at, source: `civitai:${modelId ?? ''}@${versionId}`, civitai: details } },
    };
  }
  return {
    sourceName: source.repo.slice(source.repo.indexOf('/') + 1),
    sourceGroup: `hf:${source.repo}`,
    layers: {
      hub: {
        facts: { licence, tags: tags.length === 0 ? null : tags, description },
        at: new Date(clock.now()).toISOString(),
      },
    },
  };
}
