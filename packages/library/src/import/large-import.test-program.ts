/** Imports a large file with worker threads and tells how far it is, until it is killed. */
import { createIdentifier } from '@modelkeep/formats';
import { createIo } from '@modelkeep/io';
import { createSqlite } from '@modelkeep/sqlite';
import { openLibraryStore } from '../open-library-store.ts';

const [root = '', path = ''] = process.argv.slice(2);
await using io = createIo();
await using sqlite = createSqlite();
await using store = await openLibraryStore({ root, io, sqlite, identifier: createIdentifier() });
const operation = store.import([path]);
operation.progress.subscribe(({ bytesDone }) => process.send?.(bytesDone));
await operation.result;
process.send?.('done');
process.disconnect();
