import type { Operation } from '@modelkeep/core';
import { exportRegistry, type RegistryExport } from './registry/export-registry.ts';
import {
  migrateRegistry,
  type MigrateRegistryContext,
  type MigrateRegistryOptions,
} from './registry/migrate-registry.ts';
import type { RegistryMigration } from './registry/registry-report.ts';

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
}

/** @internal */
export interface MigratingContext extends MigrateRegistryContext {
  /** The caller's signal joined with that of the library, which aborts when it closes. */
  readonly join: (signal: AbortSignal | undefined) => AbortSignal;
  readonly track: <T>(operation: Operation<T>) => Operation<T>;
}

/** @internal */
export function createMigrating({ join, track, ...context }: MigratingContext): Migrating {
  return {
    migrateRegistry: (path, { signal, ...options } = {}) =>
      track(migrateRegistry(context, path, { ...options, signal: join(signal) })),
    exportRegistryTo: (path, { signal } = {}) => exportRegistry(context, path, join(signal)),
  };
}
