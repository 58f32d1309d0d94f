import { createIdentifier } from '@modelkeep/formats';
import { createIo, nodeFileSystem } from '@modelkeep/io';
import { createSqlite } from '@modelkeep/sqlite';
import { newId, silentLogger, systemClock, type ModelSource } from '@modelkeep/core';
import { createFolderSync } from '../blobs/folder-sync.ts';
import { createStateDatabase } from '../state/state-database.ts';
import type { StoreContext } from '../store-context.ts';
import { openIndex } from '../volume/open-index.ts';
import { openVolume } from '../volume/open-volume.ts';
import { openVolumeLocks } from '../volume/volume-locks.ts';
import { changeModel } from './change-model.ts';
import { editModel } from './edit-model.ts';

/** Adds a tag and a source of its own to one model, again and again, and ends. */
const [root = '', slug = '', writer = '', rounds = '0'] = process.argv.slice(2);
const io = createIo({ workers: 'in-thread' });
const sqlite = createSqlite({ mode: 'in-thread' });
const identifier = createIdentifier({ mode: 'in-thread' });
const [clock, logger, fileSystem] = [systemClock, silentLogger, nodeFileSystem];
const lock = () => Promise.reject(new Error('the volume is there'));
const { layout, file: volume } = await openVolume({ root, mode: 'write', create: false, fileSystem, clock, lock });
const index = await openIndex({ layout, mode: 'write', sqlite, clock, logger });
const locks = await openVolumeLocks({ root, folder: layout.locks, io, sqlite, logger });
const state = createStateDatabase({ layout, sqlite, logger });
const syncFolder = createFolderSync((folder) => fileSystem.fsyncFolder(folder));
const context: StoreContext = {
  layout,
  volume,
  state,
  fileSystem,
  io,
  syncFolder,
  identifier,
  sqlite,
  locks,
  index,
  clock,
  logger,
};
const model = await index.bySlug(slug);
if (model === null) throw new Error(`there is no ${slug}`);
for (let round = 0; round < Number(rounds); round += 1) {
  const mark = `${writer}-${round}`;
  await editModel(context, model.id, { changes: ({ tags }) => ({ tags: [...tags, mark] }) });
  const source: ModelSource = {
    provider: 'url',
    endpoint: 'https://example.com',
    repo: null,
    revision: null,
    commit: null,
    path: `/${mark}`,
  };
  await changeModel(context, {
    id: model.id,
    slug,
    txn: newId(),
    change: ({ metadata, overrides }) => ({
      metadata: { ...metadata, sources: [...metadata.sources, source] },
      overrides,
    }),
  });
}
await state.close();
await index.close();
await identifier.close();
await sqlite.close();
await io.close();
