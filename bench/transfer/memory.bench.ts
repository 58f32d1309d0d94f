/**
 * The most memory that 8 files with 8 connections each hold, above that of a bare Node. Each file comes from an origin of
 * its own, and each connection is slow enough that all 64 are busy until the end.
 */
import { join } from 'node:path';
import { alternate, type Run } from '../alternate.ts';
import { printRow } from '../report.ts';
import { benchFolders } from './bench-folders.ts';
import { makeBigFile } from './big-file.ts';
import { buildPrograms } from './build-programs.ts';
import { ourContender, programContender } from './contenders.ts';
import { startIdleProcess } from './idle-process.ts';
import type { EngineInput } from './programs/engine.program.ts';
import { nodeCommand, runCommand } from './run-program.ts';
import { startServerProcess } from './server-process.ts';
import { serve } from './servers/serve.ts';
import { mebibytes, memoryFolder, rounds } from './settings.ts';

const network = { latencyMs: 30, bytesPerSecond: 4e6, origins: 8 };
const bareProgram = { command: process.execPath, args: ['-e', 'setTimeout(() => {}, 500)'] };

await buildPrograms();
await using folders = await benchFolders();
const big = await makeBigFile(join(folders.root, 'big.bin'), mebibytes(256));
await using servers = await serve(folders);
await using proxy = await startServerProcess<{ urls: string[] }>('slow-network', {
  ...network,
  targetPort: Number(new URL(servers.filesUrl).port),
});
using idle = startIdleProcess();

const folder = await folders.target(memoryFolder);
const { sha256 } = big;
const urls = proxy.ready.urls.map((url) => `${url}/big.bin`);
const input: EngineInput = { urls, folder, sha256, sizeBytes: big.sizeBytes };
const target = { folder, sizeBytes: big.sizeBytes * urls.length };
const download = ourContender(
  idle,
  programContender('8 files, 8 connections each', nodeCommand('engine', input), target),
);
let bare: Run = {};
const runs = await alternate(
  [
    { name: 'bare Node', run: async () => (bare = await runCommand(bareProgram)) },
    {
      ...download,
      async run() {
        const run: Run = (await download.run()) ?? {};
        return { ...run, aboveBareMiB: (run['peakMiB'] ?? Number.NaN) - (bare['peakMiB'] ?? Number.NaN) };
      },
    },
  ],
  rounds,
);
printRow({ row: 'memory', facts: { MiB: big.sizeBytes / 1_048_576, files: 8, bytes: `from ${servers.name}` }, runs });
