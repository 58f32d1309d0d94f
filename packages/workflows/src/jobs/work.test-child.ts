import { once } from 'node:events';
import { openWorkspace } from '../workspace/open-workspace.ts';

/** Does the jobs of a library until it is told to end, and tells when it has done so. */
const [root = '', endpoint = ''] = process.argv.slice(2);
const workspace = await openWorkspace({ root, hub: { endpoint }, runJobs: true });
await once(process.stdin, 'data');
await workspace.close();
process.stdin.destroy();
