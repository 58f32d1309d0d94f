import { openWorkspace } from '../workspace/open-workspace.ts';

/** Enriches a library, each model by a page of its own. */
const [root = '', endpoint = ''] = process.argv.slice(2);
await using library = await openWorkspace({ root, civitai: { endpoint } });
await library.enrich({ pages: true }).result;
