import { openLibrary } from './open-library.ts';

const [root = '', endpoint = ''] = process.argv.slice(2);
const library = await openLibrary({ root, hub: { endpoint, token: null }, runJobs: true, environment: {} });
for await (const { changes } of library.jobs.changes()) {
  for (const { state } of changes) process.stdout.write(`${state}\n`);
}
