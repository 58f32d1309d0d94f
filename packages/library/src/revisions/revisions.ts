import { ModelkeepError, newId, type ModelFile, type ModelRecord } from '@modelkeep/core';
import type { ModelState } from '../metadata/history.ts';
import { changeModel } from '../models/change-model.ts';
import { onDisk } from '../models/on-disk.ts';
import { resolveReference } from '../models/resolve-reference.ts';
import { readModel } from '../models/walk-models.ts';
import type { StoreContext } from '../store-context.ts';
import { chooseFor } from './model-choices.ts';
import { modelsOfRepo } from './models-of-source.ts';
import { versionLine } from './version-line.ts';

interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

/** A version of a model. Plain data. */
export interface ModelVersion {
  readonly model: ModelRecord;
  /** Small files of it that newer ones have taken the place of; their bytes are kept until they are released. */
  readonly replaced: readonly ModelFile[];
}

/** The versions of models, and what goes with them. */
export interface Revisions {
  /** The versions of a model that are here, the oldest first. @throws `library.model-not-found`, `library.ambiguous-id` */
  versions(reference: string, options?: Cancellable): Promise<readonly ModelVersion[]>;
  /**
   * The quantisations and precisions of a model that are here, itself among them, the smallest first; of each the newest
   * version. @throws `library.model-not-found`, `library.ambiguous-id`
   */
  variants(reference: string, options?: Cancellable): Promise<readonly ModelRecord[]>;
  /**
   * Says where links of apps to this version lead once there is a newer one: to that (`latest`), or still to this one
   * (`pinned`). Links change with the next plan that is applied.
   *
   * @throws `library.model-not-found`, `library.ambiguous-id`, `library.read-only`, `io.*`
   */
  follow(reference: string, follow: 'latest' | 'pinned', options?: Cancellable): Promise<ModelRecord>;
  /**
   * Says which version a model takes the place of: by its id, or none.
   *
   * @throws `core.invalid-argument` for the model itself, `library.model-not-found`, `library.read-only`, `io.*`
   */
  supersede(reference: string, older: string | null, options?: Cancellable): Promise<ModelRecord>;
  /**
   * Gives up the small files that newer ones have taken the place of: their bytes go with the next collections of unused
   * blobs. @throws `library.model-not-found`, `library.ambiguous-id`, `library.read-only`, `io.*`
   */
  releaseReplaced(reference: string, options?: Cancellable): Promise<readonly ModelFile[]>;
}

/** @internal */
export function createRevisions(context: StoreContext, forWriting: () => void): Revisions {
  const { index } = context;
  return {
    async versions(reference, { signal } = {}) {
      const line = await versionLine(index, await resolveReference(index, reference), signal);
      const versions: ModelVersion[] = [];
      for (const model of line) {
        const replaced = await onDisk(context, model.id, async ({ slug }, home) => {
          const { metadata } = await readModel(home.fileSystem, home.layout, slug);
          return metadata.replaced ?? [];
        });
        versions.push({ model, replaced });
      }
      return versions;
    },
    async variants(reference, { signal } = {}) {
      const model = await resolveReference(index, reference);
      const { variantOf, sources } = model;
      if (variantOf === null) return [model];
      const found = new Map([[model.id, model]]);
      for (const source of sources) {
        for (const one of await modelsOfRepo(index, source, signal))
          if (one.variantOf === variantOf) found.set(one.id, one);
      }
      const superseded = new Set([...found.values()].map(({ supersedes }) => supersedes));
      return [...found.values()]
        .filter(({ id }) => id === model.id || !superseded.has(id))
        .toSorted((a, b) => a.sizeBytes - b.sizeBytes || (a.id < b.id ? -1 : 1));
    },
    async follow(reference, follow, { signal } = {}) {
      forWriting();
      const choices = { follow: follow === 'pinned' ? follow : undefined };
      return chooseFor(context, reference, { choices, signal });
    },
    async supersede(reference, older, { signal } = {}) {
      forWriting();
      return onDisk(context, reference, ({ id, slug }, home) => {
        if (older === id) throw ofItself(id);
        const change = ({ metadata, overrides }: ModelState): ModelState => {
          const { supersedes, ...others } = metadata;
          if ((supersedes ?? null) === older) return { metadata, overrides };
          return { metadata: older === null ? others : { ...others, supersedes: older }, overrides };
        };
        return changeModel(home, { id, slug, txn: newId(), signal, change });
      });
    },
    async releaseReplaced(reference, { signal } = {}) {
      forWriting();
      let released: readonly ModelFile[] = [];
      await onDisk(context, reference, ({ id, slug }, home) =>
        changeModel(home, {
          id,
          slug,
          txn: newId(),
          signal,
          change({ metadata, overrides }) {
            const { replaced, ...kept } = metadata;
            released = replaced ?? [];
            return { metadata: replaced === undefined ? metadata : kept, overrides };
          },
        }),
      );
      return released;
    },
  };
}

function ofItself(id: string): ModelkeepError<'core.invalid-argument'> {
  return new ModelkeepError('core.invalid-argument', {
    message: 'a model cannot take the place of itself',
    facts: { argument: 'older', found: id },
  });
}
