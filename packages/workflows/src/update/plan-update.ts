import { ModelkeepError, type ModelRecord } from '@modelkeep/core';
import type { CommitOptions } from '@modelkeep/library';
import type { DownloadPlan } from '../acquire/download-plan.ts';
import { gateOf } from '../acquire/plan-download.ts';
import { plannedFiles } from '../acquire/planned-files.ts';
import { checkModel, type CheckContext, type CheckedModel } from './check-model.ts';
import { createRepoNow } from './repo-now.ts';
import { filesFrom } from './tracked-source.ts';
import type { UpdateCheck } from './update-check.ts';

/** @internal A model, how it stands to its source, and what an update would fetch. */
export interface PlannedUpdate {
  readonly model: ModelRecord;
  readonly check: UpdateCheck;
  /** Null where there is nothing to do. */
  readonly download: { readonly plan: DownloadPlan; readonly describe: Pick<CommitOptions, 'adjust'> } | null;
}

/**
 * @internal Plans the update of a model: of its newest version, whichever is named.
 *
 * @throws `workflows.no-update` where its source cannot have one, or cannot be asked
 */
export async function planUpdate(
  context: CheckContext,
  reference: string,
  signal?: AbortSignal,
): Promise<PlannedUpdate> {
  const named = await context.store.resolve(reference);
  const versions = await context.store.versions(named.id, { signal });
  const model = versions.at(-1)?.model ?? named;
  const checked = await checkModel(context, model, { ask: createRepoNow(context, signal), signal });
  const { check } = checked;
  if (check.state !== 'outdated' && check.state !== 'current') throw noUpdate(check);
  return { model, check, download: await downloadOf(context, model, { checked, signal }) };
}

async function downloadOf(
  context: CheckContext,
  model: ModelRecord,
  { checked, signal }: { readonly checked: CheckedModel; readonly signal: AbortSignal | undefined },
): Promise<PlannedUpdate['download']> {
  const { check, update } = checked;
  if (update === null || check.source === null) return null;
  const { info, tree, wanted } = update;
  const planned = await plannedFiles(context.store, wanted, signal);
  const paths = new Set(check.changes.filter(({ change }) => change !== 'renamed').map(({ path }) => path));
  const own = filesFrom(model, check.source);
  const isNewVersion = own.some(({ role, officialName }) => role === 'weights' && paths.has(officialName));
  // The weights are the same: the model stays what it is, and its files come from where they came from before.
  const repo = isNewVersion ? info.id : check.source.repo;
  const plan: DownloadPlan = {
    source: { provider: 'hf', endpoint: tree.endpoint, repo, revision: check.source.revision, commit: info.commit },
    mirrors: [],
    queriesId: null,
    ...planned,
    left: [],
    variants: [],
    ...tree.facts,
    gate: await gateOf(
      context,
      tree,
      planned.files.find(({ present }) => !present),
      signal,
    ),
  };
  const isRenamed = check.movedTo !== null;
  return {
    plan,
    describe: {
      adjust: (draft) => ({
        ...draft,
        supersedes: model.id,
        // The group of a repo that was renamed stays what it was, so that its models are still tied.
        ...(isRenamed ? { sourceGroup: model.sourceGroup, variantOf: model.variantOf } : {}),
      }),
    },
  };
}

function noUpdate({ modelId, slug, reason }: UpdateCheck): ModelkeepError<'workflows.no-update'> {
  return new ModelkeepError('workflows.no-update', {
    message: `${slug} cannot be updated: ${reason}`,
    facts: { modelId, slug, reason },
    hint: 'what is here stays as it is',
  });
}
