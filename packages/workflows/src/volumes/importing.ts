import type { ModelRecord, Operation } from '@modelkeep/core';
import type { ImportOptions, ImportReport, PlacementOptions } from '@modelkeep/library';
import type { RunningOperations } from '../workspace/running-operations.ts';
import { relinkModel, type RelinkContext } from './relink-model.ts';

/** Files and folders on their way into the library. */
export interface Importing {
  /**
   * Takes files and folders into the library: as copies, or as `mode` says. What Hugging Face's libraries or Ollama keep is
   * adopted where it is, unless a copy is asked for. What cannot be read is reported and left out.
   *
   * A model that was adopted where it is and comes in now keeps its id and all that is known of it; links of apps to it are
   * led to where it is then.
   *
   * @throws `library.nothing-to-import`, `library.read-only`, `core.invalid-argument` for what must not be moved, `io.*`
   */
  import(paths: string | readonly string[], options?: ImportOptions & PlacementOptions): Operation<ImportReport>;
}

/** @internal */
export function createImporting(context: RelinkContext, operations: RunningOperations): Importing {
  return {
    import(paths, { signal: given, onTakenIn, ...request } = {}) {
      const signal = operations.join(given);
      const lead = async (model: ModelRecord): Promise<void> => {
        await relinkModel(context, model.id, signal);
        await onTakenIn?.(model);
      };
      return operations.track(context.store.import([paths].flat(), { ...request, onTakenIn: lead, signal }));
    },
  };
}
