/**
 * One large file over loopback: `curl -o` (verifies nothing, syncs nothing) against ours (SHA-256 and BLAKE3 while it
 * streams, fsync, stored in a library). The server is a process of its own. MODELKEEP_BENCH_MIB sets the size (default 512),
 * MODELKEEP_BENCH_ROUNDS the rounds (default 9), MODELKEEP_BENCH_DIR the drive.
 */
import { execFile, fork } from 'node:child_process';
import { mkdir, mkdtemp, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openLibrary } from 'modelkeep';
import { alternate, printTimes } from '../alternate.ts';

const mebibytes = Number(process.env['MODELKEEP_BENCH_MIB'] ?? 512);
const rounds = Number(process.env['MODELKEEP_BENCH_ROUNDS'] ?? 9);
const folder = await mkdtemp(join(process.env['MODELKEEP_BENCH_DIR'] ?? tmpdir(), 'modelkeep-bench-'));
const server = fork(join(import.meta.dirname, 'hub-process.ts'), [String(mebibytes)], { execArgv: process.execArgv });
try {
  const { hubUrl } = await new Promise<{ hubUrl: string }>((resolve) =>
    server.once('message', (message) => resolve(message as { hubUrl: string })),
  );
  let run = 0;
  const times = await alternate(
    [
      {
        name: 'curl -L -o',
        run: async () => {
          const target = join(folder, 'curl.bin');
          await promisify(execFile)('curl', [
            '-sSfL',
            '-o',
            target,
            `${hubUrl}/bench/big/resolve/main/big.safetensors`,
          ]);
          await unlink(target);
        },
      },
      {
        name: 'modelkeep, verified, stored',
        run: async () => {
          const root = join(folder, `library-${(run += 1)}`);
          await mkdir(root);
          const library = await openLibrary({ root, hub: { endpoint: hubUrl }, environment: {} });
          await library.download(await library.planDownload('hf:bench/big')).result;
          await library.close();
          await rm(root, { recursive: true });
        },
      },
    ],
    rounds,
  );
  console.log(`${mebibytes} MiB, ${rounds} alternating rounds, ratio to curl:`);
  printTimes(times);
} finally {
  server.kill();
  await rm(folder, { recursive: true, force: true });
}
