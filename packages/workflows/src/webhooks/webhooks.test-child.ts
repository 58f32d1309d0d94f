import { openWorkspace } from '../workspace/open-workspace.ts';

/** Does the jobs of a library, and tells of them, until it is killed. */
const [root = '', origin = ''] = process.argv.slice(2);
await openWorkspace({ root, privateOrigins: [origin], runJobs: true });
setInterval(() => {}, 1_000);
