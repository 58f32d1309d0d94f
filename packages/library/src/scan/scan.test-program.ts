import { openTestStore } from '../open-store.test-helper.ts';

/** Scans a folder, says which model each line is of, and how far it is while it hashes. */
const [root = '', models = ''] = process.argv.slice(2);
await using store = await openTestStore({ root });
const operation = store.scan([models]);
operation.progress.subscribe(({ phase, filesDone }) => process.stdout.write(`${phase} ${filesDone}\n`));
const { added, duplicates, hashesComputed, hashesReused } = await operation.result;
const ids = added.map(({ id }) => id);
process.stdout.write(
  `report ${JSON.stringify({ added: ids, twice: duplicates.length, hashesComputed, hashesReused })}\n`,
);
