import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isModelkeepError, type Clock, type Logger } from '@modelkeep/core';
import { openLibraryIndex, type LibraryIndex } from '@modelkeep/library-index';
import type { Sqlite } from '@modelkeep/sqlite';
import type { VolumeLayout } from './layout.ts';

/** @internal What {@link openIndex} needs. */
export interface OpenIndexOptions {
  readonly layout: VolumeLayout;
  readonly mode: 'read' | 'write';
  readonly sqlite: Sqlite;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * @internal Opens the volume's index. Where it cannot be read and must not be written, an empty one in the system's temp
 * folder takes its place until it is closed; it says that it needs to be rebuilt.
 */
export async function openIndex(options: OpenIndexOptions): Promise<LibraryIndex> {
  const { layout, mode, sqlite, clock, logger } = options;
  if (mode === 'write') return openLibraryIndex({ path: layout.indexFile, sqlite, clock, logger });
  try {
    return await openLibraryIndex({ path: layout.indexFile, readOnly: true, sqlite, clock, logger });
  } catch (error) {
    const unusable =
      isModelkeepError(error, 'io.not-found') ||
      isModelkeepError(error, 'sqlite.corrupt') ||
      isModelkeepError(error, 'sqlite.schema-older') ||
      isModelkeepError(error, 'sqlite.schema-newer');
    if (!unusable) throw error;
  }
  const folder = await mkdtemp(join(tmpdir(), 'modelkeep-index-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const index = await openLibraryIndex({ path: join(folder, 'models.db'), sqlite, clock, logger }).catch(
    async (error: unknown) => {
      await remove();
      throw error;
    },
  );
  const close = async (): Promise<void> => {
    await index.close();
    await remove();
  };
  return Object.defineProperties(Object.create(index) as LibraryIndex, {
    close: { value: close },
    [Symbol.asyncDispose]: { value: close },
  });
}
