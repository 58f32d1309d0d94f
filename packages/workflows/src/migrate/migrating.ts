import { ModelkeepError, type Operation } from '@modelkeep/core';
import type { Servers, SharedState } from '@modelkeep/fleet';
import { openForReading } from '../workspace/open-for-reading.ts';
import { exportRegistry, type RegistryExport } from './registry/export-registry.ts';
import {
  migrateRegistry,
  type MigrateRegistryContext,
  type MigrateRegistryOptions,
} from './registry/migrate-registry.ts';
import type { AvailabilityMigration } from './registry/availability-report.ts';
import { migrateAvailability, type MigrateAvailabilityOptions } from './registry/migrate-availability.ts';
import type { RegistryMigration } from './registry/registry-report.ts';
import { exportState } from './state/export-state.ts';
import { migrateState, type MigrateStateOptions } from './state/migrate-state.ts';
import { stateKinds, type StateExport, type StateKind, type StateMigration } from './state/state-migration.ts';

interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

/** What other tools have left behind, and back. */
export interface Migrating {
  /**
   * Takes over what a registry in SQLite knows (`mobilesd_models.sqlite`: `models`, `model_aliases`). The folders of its files
   * that the library does not have are scanned, so that they are adopted where they are; each row is given to the model that
   * has its file, as a source of its own that counts after what the library has read itself. The registry is not written to.
   * A second time changes nothing.
   *
   * `result` rejects with `workflows.unreadable-source` for what is no such registry, before anything was written;
   * `io.changed-while-read` while its tool writes to it, `library.read-only`, `io.*`.
   *
   * @example
   * ```ts
   * import { openLibrary } from 'modelkeep';
   *
   * await using library = await openLibrary({ root: '/data/models' });
   * const plan = await library.migrateRegistry('/old/mobilesd_models.sqlite', { dryRun: true }).result;
   * console.log(plan.matched.length, plan.folders, plan.unmatched, plan.conflicts);
   * await library.migrateRegistry('/old/mobilesd_models.sqlite').result;
   * ```
   */
  migrateRegistry(path: string, options?: MigrateRegistryOptions): Operation<RegistryMigration>;
  /**
   * Writes the models of the library as such a registry: rows that came from one as they were, with what is known since where
   * they held nothing, and a row for each other model. A file that is there already is not replaced.
   *
   * @throws `io.exists`, `io.not-found` for a missing folder, `io.*`
   */
  exportRegistryTo(path: string, options?: Cancellable): Promise<RegistryExport>;
  /**
   * Takes over which server has which model, as such a registry says (`model_server_availability`). Servers that nobody knows are
   * registered; what a server has told itself since counts more. A second time changes nothing.
   *
   * `result` rejects as that of {@link Migrating.migrateRegistry}, and with what the store of the servers throws.
   */
  migrateAvailability(path: string, options?: MigrateAvailabilityOptions): Operation<AvailabilityMigration>;
  /**
   * Takes over a JSON file of a download manager: `.manifest.json`, `.progress.json` or `.api_tokens.json`. It is read whole and
   * compared before anything is written, and the shared state is copied first. What is newer here stays, and so do tokens unless
   * `replaceTokens` says otherwise; the report never has a token in it. A second time changes nothing.
   *
   * @throws `workflows.unreadable-source` for what is no JSON object, `library.read-only`, `core.invalid-argument`, `io.*`, and
   * what the shared state throws
   */
  migrateState(kind: StateKind, path: string, options?: MigrateStateOptions): Promise<StateMigration>;
  /**
   * Writes the manifest or the progress of this library as such a file. Tokens are never written. A file that is there already
   * is not replaced.
   *
   * @throws `io.exists`, `io.not-found` for a missing folder, `library.read-only`, `core.invalid-argument`, `io.*`
   */
  exportStateTo(kind: StateExport['kind'], path: string, options?: Cancellable): Promise<StateExport>;
}

/** @internal */
export interface MigratingContext extends MigrateRegistryContext {
  /** The caller's signal joined with that of the library, which aborts when it closes. */
  readonly join: (signal: AbortSignal | undefined) => AbortSignal;
  readonly servers: Servers;
  /** What the library's processes share. @throws `library.read-only` where there is none */
  readonly stateNow: () => SharedState;
  /** The hub and the Civitai that tokens are sent to. */
  readonly endpoints: { readonly hub: string; readonly civitai: string };
  readonly track: <T>(operation: Operation<T>) => Operation<T>;
}

/** @internal */
export function createMigrating({ join, track, stateNow, endpoints, ...context }: MigratingContext): Migrating {
  const { fileSystem } = context.io;
  return {
    migrateRegistry: (path, { signal, ...options } = {}) =>
      track(migrateRegistry(context, path, { ...options, signal: join(signal) })),
    exportRegistryTo: (path, { signal } = {}) => exportRegistry(context, path, join(signal)),
    migrateAvailability: (path, { signal, ...options } = {}) =>
      track(migrateAvailability(context, path, { ...options, signal: join(signal) })),
    async migrateState(kind, path, { signal, ...options } = {}) {
      checkKind(kind, stateKinds);
      if (options.dryRun !== true) requireWritable(context.store);
      return migrateState({ state: stateNow(), fileSystem, endpoints }, kind, {
        ...options,
        path,
        signal: join(signal),
      });
    },
    async exportStateTo(kind, path, { signal } = {}) {
      checkKind(kind, ['manifest', 'progress']);
      return exportState({ state: stateNow(), fileSystem }, kind, { path, signal: join(signal) });
    },
  };
}

function requireWritable({ mode, root }: MigratingContext['store']): void {
  if (mode !== 'write') throw openForReading(root, 'nothing can be taken over');
}

function checkKind(kind: string, kinds: readonly string[]): void {
  if (kinds.includes(kind)) return;
  throw new ModelkeepError('core.invalid-argument', {
    message: `"${kind}" is none of ${kinds.join(', ')}`,
    facts: { argument: 'kind', found: kind },
  });
}
