import type { ModelRecord } from '@modelkeep/core';
import type { Picture } from '@modelkeep/formats';
import { addToModel, type ToldOfModel } from './models/add-to-model.ts';
import { addPreview, type PreviewPicture } from './models/add-preview.ts';
import { heldPicture } from './models/held-picture.ts';
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
   * Gives a model of the library a picture, `<stem>.preview.<extension>`: a file of it like any other. A model that has one
   * keeps it.
   *
   * @throws `library.read-only`, `core.invalid-argument` for what is no picture and for a model that is not in the library,
   * `library.model-not-found`, `io.*`
   */
  addPreview(model: ModelRecord, picture: PreviewPicture): Promise<ModelRecord>;
  /**
   * The picture that a model's own files hold: the header of its weights, SwarmUI's JSON beside them.
   *
   * @returns null where there is none
   * @throws `io.*`
   */
  heldPicture(model: ModelRecord, options?: Cancellable): Promise<Picture | null>;
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
    async addPreview(model, picture) {
      forWriting();
      return addPreview(await homeOf(model), model, picture);
    },
    async heldPicture(model, { signal } = {}) {
      return heldPicture(await homeOf(model), model, signal);
    },
    findByPath: (path, { signal } = {}) => resolveAlias(context, path, signal),
    findIdsByPaths: (paths, { signal } = {}) => resolveAliases(context, paths, signal),
  };
}
