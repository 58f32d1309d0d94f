import type { ModelRecord } from '@modelkeep/core';
import { addToModel, type ToldOfModel } from './models/add-to-model.ts';
import { refreshModel, type RefreshedModel } from './models/refresh-models.ts';
import { resolveAlias, resolveAliases } from './aliases/resolve-alias.ts';
import type { StoreContext } from './store-context.ts';

interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

/** What sources tell of the models that a library has. */
export interface ModelSourcing {
  /**
   * Reads what stands beside and in the files of a model again: the sidecars, and the headers where the rules that told
   * what it is have become better since. A second time changes nothing.
   *
   * @throws `library.read-only`, `library.model-not-found`, `library.corrupt-metadata`, `io.*`
   */
  refresh(model: Pick<ModelRecord, 'id' | 'slug'>, options?: Cancellable): Promise<RefreshedModel>;
  /**
   * Adds what a source has told. What was known already is not written again, and what a person stated stays.
   *
   * @throws `library.read-only`, `library.model-not-found`, `library.corrupt-metadata`, `io.*`
   */
  tell(model: Pick<ModelRecord, 'id' | 'slug'>, told: ToldOfModel): Promise<ModelRecord>;
  /**
   * The model that a path means, also one of another system: `D:\models\a.safetensors`, `/mnt/models/a.safetensors`,
   * `loras/a.safetensors`. A path that more than one model may be means none.
   *
   * @returns null where no model is known by it
   */
  findByPath(path: string, options?: Cancellable): Promise<ModelRecord | null>;
  /** The same for many paths at once: ids in the order of the paths, null where no model is known by one. */
  findIdsByPaths(paths: readonly string[], options?: Cancellable): Promise<readonly (string | null)[]>;
}

/** @internal */
export function createModelSourcing(context: StoreContext, forWriting: () => void): ModelSourcing {
  const homeOf = async ({ id }: Pick<ModelRecord, 'id'>): Promise<StoreContext> => {
    const record = await context.index.get(id);
    return record === null ? context : (context.volumes?.homeOf(record) ?? context);
  };
  return {
    async refresh(model, { signal } = {}) {
      forWriting();
      return refreshModel(await homeOf(model), model, signal);
    },
    async tell(model, told) {
      forWriting();
      return addToModel(await homeOf(model), model, told);
    },
    findByPath: (path, { signal } = {}) => resolveAlias(context, path, signal),
    findIdsByPaths: (paths, { signal } = {}) => resolveAliases(context, paths, signal),
  };
}
