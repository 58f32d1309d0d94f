import type { Operation } from '@modelkeep/core';
import type { ChangeCall, DeclaredModel, ModelDeclaration, SharedState, StateCall } from '@modelkeep/fleet';
import type { Io } from '@modelkeep/io';
import type { RunningOperations } from '../workspace/running-operations.ts';
import { readDeclaredSource } from './declared-source.ts';
import {
  ensureModels,
  notDeclared,
  type EnsureModelsContext,
  type EnsureOptions,
  type EnsureResult,
} from './ensure-models.ts';
import type { FilesHereContext } from './files-here.ts';
import { statusOf, type ModelStatus } from './model-status.ts';

/** How it is looked whether files are here. */
export interface CheckFilesOptions extends StateCall {
  /** `hash` reads every byte. @default 'size' */
  readonly depth?: 'size' | 'hash' | undefined;
}

/** What apps need, and whether it is here. */
export interface Declaring {
  /**
   * Declares models that an app needs, or changes what was declared under their keys. The same again changes nothing, so an
   * app declares at each start.
   *
   * @throws `core.invalid-argument`, `hub.invalid-reference`, `workflows.invalid-reference`, `fleet.conflict`,
   * `library.read-only`
   */
  declare(models: readonly ModelDeclaration[], call?: ChangeCall): Promise<readonly DeclaredModel[]>;
  /** Takes declarations back; models stay. @returns how many there were */
  undeclare(keys: readonly string[], options?: StateCall): Promise<number>;
  /**
   * Whether every file of a declared model is here, with its size. A file that was deleted by hand shows at once.
   *
   * @param repoId - only from there: `org/name`, `civitai:<model>`, or the address of a file @default what was declared
   */
  isDownloaded(key: string, repoId?: string, options?: CheckFilesOptions): Promise<boolean>;
  /** The same for all of these; false for a key that nobody has declared. */
  isReady(keys: readonly string[], options?: CheckFilesOptions): Promise<boolean>;
  /** How the declared models are, by their keys. */
  checkStatus(
    options?: CheckFilesOptions & {
      /** @default all */
      readonly keys?: readonly string[] | undefined;
    },
  ): Promise<readonly ModelStatus[]>;
  /**
   * Downloads what is missing of declared models; what is here asks nobody. Every process sees how far it is, and a model
   * that another process is at is waited for. All are tried; `result` rejects with the first failure, the errors of
   * a download, `workflows.not-as-declared` and `workflows.not-declared`.
   */
  ensure(keys: readonly string[], options?: EnsureOptions): Operation<EnsureResult>;
}

/** @internal */
export interface DeclaringContext extends EnsureModelsContext {
  readonly io: Pick<Io, 'hashFile'>;
}

/** @internal */
export function createDeclaring(context: DeclaringContext, operations: RunningOperations): Declaring {
  const { stateNow, hubEndpoint, io } = context;
  const hashOf: FilesHereContext['hashOf'] = async (path, signal) =>
    (await io.hashFile(path, { algorithms: ['sha256'], signal })).digests.sha256;

  const checkStatus: Declaring['checkStatus'] = async ({ keys, depth = 'size', signal: given } = {}) => {
    const state = stateNow();
    const signal = operations.join(given);
    const [models, manifest, progress] = await Promise.all([
      state.declared.list({ keys, signal }),
      state.manifest.list({ keys, signal }),
      state.progress.list({ keys, signal }),
    ]);
    const entries = new Map(manifest.map((one) => [one.key, one]));
    const reports = new Map(progress.map((one) => [one.key, one]));
    const looking = { ...context, state, hashOf: depth === 'hash' ? hashOf : undefined };
    const statuses: ModelStatus[] = [];
    for (const model of models) {
      const told = { entry: entries.get(model.key) ?? null, progress: reports.get(model.key) ?? null, signal };
      statuses.push(await statusOf(looking, model, told));
    }
    return statuses;
  };
  return {
    async declare(models, call = {}) {
      // What nobody could download is refused when it is declared, and not when it is needed.
      for (const { source } of models) if (typeof source === 'string') readDeclaredSource(source, hubEndpoint);
      return stateNow().declared.declare(models, { ...call, signal: operations.join(call.signal) });
    },
    undeclare: async (keys, { signal } = {}) => stateNow().declared.delete(keys, { signal: operations.join(signal) }),
    async isDownloaded(key, repoId, options = {}) {
      const [status] = await checkStatus({ keys: [key], ...options });
      return status?.state === 'ready' && (repoId === undefined || repoId === status.repoId);
    },
    async isReady(keys, options = {}) {
      const wanted = [...new Set(keys)];
      const statuses = await checkStatus({ keys: wanted, ...options });
      return statuses.length === wanted.length && statuses.every(({ state }) => state === 'ready');
    },
    checkStatus,
    ensure(keys, options = {}) {
      const signal = operations.join(options.signal);
      const wanted = [...new Set(keys)];
      return operations.track(
        ensureModels(context, async (state) => declaredOf(state, wanted, signal), { ...options, signal }),
      );
    },
  };
}

async function declaredOf(
  state: SharedState,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<readonly DeclaredModel[]> {
  const found = new Map((await state.declared.list({ keys, signal })).map((model) => [model.key, model]));
  const unknown = keys.filter((key) => !found.has(key));
  if (unknown.length > 0) throw notDeclared(unknown);
  return keys.flatMap((key) => found.get(key) ?? []);
}
