import { openWorkspace } from '../workspace/open-workspace.ts';

/** Ensures a key when it is told to, and tells when bytes come and what it has fetched. */
const [root = '', endpoint = '', key = ''] = process.argv.slice(2);
await using library = await openWorkspace({ root, hub: { endpoint } });
process.stdout.write('open\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
process.stdin.destroy();
const ensuring = library.ensure([key]);
let isTold = false;
ensuring.progress.subscribe(({ phase, bytesDone }) => {
  if (isTold || phase !== 'downloading' || bytesDone === 0) return;
  isTold = true;
  process.stdout.write('moving\n');
});
const { bytesFetched } = await ensuring.result;
process.stdout.write(`${JSON.stringify({ bytesFetched })}\n`);
