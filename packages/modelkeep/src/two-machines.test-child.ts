/**
 * A machine with a library of its own: `serve` imports a file, answers others that want it, and says its address and hash;
 * `work` does the jobs of its library, no faster than it is told to.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openLibrary } from './open-library.ts';

const [work = '', root = '', url = '', secret = '', last = ''] = process.argv.slice(2);
const shared = { root, database: { url, tokenKey: secret }, environment: {} };
if (work === 'serve') {
  const library = await openLibrary({ ...shared, servers: { serverId: 'one' } });
  const { models } = await library.import(last).result;
  const server = createServer(library.servers.answerBlobs({ secret })).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await library.servers.serve({ registration: { endpoint } });
  process.stdout.write(`${JSON.stringify({ endpoint, sha256: models[0]?.files[0]?.sha256 })}\n`);
} else {
  const downloads = { connections: 1, maxBytesPerSecond: Number(last) };
  const open = { ...shared, servers: { serverId: 'two' }, privateOrigins: 'all', downloads, runJobs: true } as const;
  const library = await openLibrary(open);
  for await (const _ of library.jobs.changes()) process.stdout.write('.');
}
