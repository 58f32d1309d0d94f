import { join } from 'node:path';
import { createIo } from '@modelkeep/io';
import { createMapper, mapperMigrations, type MappableModel, type Mapper } from '@modelkeep/mapper';
import { createSqlite } from '@modelkeep/sqlite';

/** A mapper over a state database of its own. */
export interface OpenedMapper extends AsyncDisposable {
  readonly mapper: Mapper;
}

/** Opens a mapper as a library does: with the lock, and names looked at in the workers. */
export async function openMapper(root: string, models: readonly MappableModel[]): Promise<OpenedMapper> {
  const byId = new Map(models.map((model) => [model.record.id, model]));
  const io = createIo();
  const sqlite = createSqlite();
  const registry = await sqlite.open({
    path: join(root, 'state.db'),
    migrations: [mapperMigrations],
    synchronous: 'full',
  });
  const mapper = createMapper({
    registry,
    exclusively: async (work) => {
      const lock = await sqlite.acquireLock(join(root, 'links.lock'));
      try {
        return await work();
      } finally {
        await lock.release();
      }
    },
    machineId: 'bench',
    kindsOf: (paths, signal) => io.kindsOf(paths, signal),
    readLinkTexts: (paths, signal) => io.linkTextsOf(paths, signal),
    library: { modelsById: async (ids) => ids.flatMap((id) => byId.get(id) ?? []) },
  });
  return {
    mapper,
    async [Symbol.asyncDispose]() {
      await registry.close();
      await sqlite[Symbol.asyncDispose]();
      await io.close();
    },
  };
}
