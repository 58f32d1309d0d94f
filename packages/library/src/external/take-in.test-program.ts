import { openTestStore } from '../open-store.test-helper.ts';

/** Imports a folder or scans it, and says which models that made. */
const [work = '', root = '', folder = ''] = process.argv.slice(2);
await using store = await openTestStore({ root });
if (work === 'scan') await store.scan([folder]).result;
else await store.import([folder], { mode: work === 'move' ? 'move' : 'copy' }).result;
