import { startOperation, type ModelRecord, type Operation } from '@modelkeep/core';
import { listAllModels } from '../link/list-all-models.ts';
import { checkModel, type CheckContext } from './check-model.ts';
import { createRepoNow } from './repo-now.ts';
import type { CheckUpdatesOptions, UpdateCheck, UpdatesReport } from './update-check.ts';

/** Repos that are asked about at once. */
const AT_ONCE = 6;

/** @internal Compares models with what their sources have now. Each repo is asked about once, and answers with what changed since. */
export function checkUpdates(context: CheckContext, options: CheckUpdatesOptions = {}): Operation<UpdatesReport> {
  const { signal } = options;
  return startOperation(async (report) => {
    signal?.throwIfAborted();
    report({ phase: 'planning' });
    const { models, newer } = await wantedModels(context, options);
    const ask = createRepoNow(context, signal);
    const checks: UpdateCheck[] = [];
    let next = 0;
    let done = 0;
    const work = async (): Promise<void> => {
      for (let position = next; position < models.length; position = next) {
        next += 1;
        signal?.throwIfAborted();
        const model = models[position];
        if (model === undefined) return;
        const { check } = await checkModel(context, model, { ask, supersededBy: newer.get(model.id), signal });
        checks[position] = check;
        done += 1;
        report({ file: model.slug, filesDone: done, filesTotal: models.length, fraction: done / models.length });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, () => work()));
    report({ phase: 'done', fraction: 1, file: null });
    return {
      models: checks,
      outdated: checks.filter(({ state }) => state === 'outdated').length,
      bytesToFetch: checks.reduce((sum, { bytesToFetch }) => sum + bytesToFetch, 0),
      offline: checks.some(({ state }) => state === 'unreachable'),
    };
  });
}

interface Wanted {
  readonly models: readonly ModelRecord[];
  /** By the id of the version that it takes the place of. */
  readonly newer: ReadonlyMap<string, ModelRecord>;
}

async function wantedModels(
  { store }: CheckContext,
  { models: references, signal }: CheckUpdatesOptions,
): Promise<Wanted> {
  const newer = new Map<string, ModelRecord>();
  const note = (model: ModelRecord): void => {
    if (model.supersedes !== undefined) newer.set(model.supersedes, model);
  };
  const models: ModelRecord[] = [];
  if (references === undefined) {
    for await (const model of listAllModels(store, { signal })) {
      models.push(model);
      note(model);
    }
    return { models: models.filter(({ id }) => !newer.has(id)), newer };
  }
  for (const reference of references) {
    const model = await store.resolve(reference);
    models.push(model);
    for (const version of await store.versions(model.id, { signal })) note(version.model);
  }
  return { models, newer };
}
