import { openLibrary } from './open-library.ts';

const [root = '', endpoint = '', connections = '8'] = process.argv.slice(2);
const downloads = { connections: Number(connections) };
const hub = { endpoint, token: null };
const library = await openLibrary({ root, hub, downloads, runJobs: true, environment: {} });
for await (const { changes } of library.jobs.changes()) {
  for (const { state } of changes) process.stdout.write(`${state}\n`);
}
