/** A far server that gives each connection only so much: one connection of ours against as many as we take by default. */
import { join } from 'node:path';
import { alternate } from '../alternate.ts';
import { printRow } from '../report.ts';
import { benchFolders } from './bench-folders.ts';
import { makeBigFile } from './big-file.ts';
import { buildPrograms } from './build-programs.ts';
import { ourContender, programContender } from './contenders.ts';
import { startIdleProcess } from './idle-process.ts';
import type { EngineInput } from './programs/engine.program.ts';
import { nodeCommand } from './run-program.ts';
import { startServerProcess } from './server-process.ts';
import { serve } from './servers/serve.ts';
import { mebibytes, memoryFolder, rounds } from './settings.ts';

const network = { latencyMs: 30, bytesPerSecond: 20e6, origins: 1 };

await buildPrograms();
await using folders = await benchFolders();
const big = await makeBigFile(join(folders.root, 'big.bin'), mebibytes(512));
await using servers = await serve(folders);
await using proxy = await startServerProcess<{ urls: string[] }>('slow-network', {
  ...network,
  targetPort: Number(new URL(servers.filesUrl).port),
});
using idle = startIdleProcess();

const folder = await folders.target(memoryFolder);
const urls = proxy.ready.urls.map((url) => `${url}/big.bin`);
const engine = (name: string, maxConnections?: number): ReturnType<typeof ourContender> => {
  const { sha256, sizeBytes } = big;
  const input: EngineInput = { urls, folder, sha256, sizeBytes, ...(maxConnections && { maxConnections }) };
  return ourContender(idle, programContender(name, nodeCommand('engine', input), { folder, sizeBytes }));
};
const runs = await alternate([engine('parallel ranges'), engine('one connection', 1)], rounds);
printRow({
  row: 'latency',
  facts: { MiB: big.sizeBytes / 1_048_576, roundTripMs: 30, 'MB/s per connection': 20, bytes: `from ${servers.name}` },
  runs,
});
