/**
 * One large file into a library: copied, hashed with SHA-256 and BLAKE3, and synced, against programs that do one of these
 * things each, and alone: `cp`, `openssl dgst -sha256` and `b3sum`. The ratio is to the slowest of the three.
 */
import { join } from 'node:path';
import { alternate, median, type Runs } from '../alternate.ts';
import { printRow } from '../report.ts';
import { benchFolders } from '../transfer/bench-folders.ts';
import { makeBigFile } from '../transfer/big-file.ts';
import { buildPrograms } from '../transfer/build-programs.ts';
import { ourContender, programContender } from '../transfer/contenders.ts';
import { startIdleProcess } from '../transfer/idle-process.ts';
import { nodeCommand } from '../transfer/run-program.ts';
import { chosen, mebibytes, rounds, targetFolders } from '../transfer/settings.ts';
import { isInstalled, peerProgram } from './peer-programs.ts';
import type { CopyInput } from './programs/copy.program.ts';
import type { ImportInput } from './programs/import.program.ts';

await buildPrograms();
await using folders = await benchFolders();
const big = await makeBigFile(join(folders.root, 'big.safetensors'), mebibytes(2_048));
using idle = startIdleProcess();
const { path: source, sha256, sizeBytes } = big;
const hasB3sum = isInstalled('b3sum');
const peers = ['cp', 'openssl dgst -sha256', 'b3sum'];

for (const targetFolder of targetFolders) {
  const folder = await folders.target(targetFolder);
  const target = { folder, sizeBytes };
  const peer = (name: string, command: readonly [string, ...string[]]): ReturnType<typeof peerProgram> =>
    peerProgram({ name, command, folder, sizeBytes });
  const copy = (name: string, blake3: CopyInput['blake3']): ReturnType<typeof ourContender> => {
    const input: CopyInput = { source, target: join(folder, 'copy'), sha256, blake3 };
    return ourContender(idle, programContender(name, nodeCommand('copy', input), target));
  };
  const library: ImportInput = { source, root: join(folder, 'library'), sha256 };
  const copied = join(folder, 'copied');
  const runs = await alternate(
    chosen([
      peer('cp', ['cp', source, copied]),
      peer('openssl dgst -sha256', ['openssl', 'dgst', '-sha256', source]),
      ...(hasB3sum ? [peer('b3sum', ['b3sum', source])] : []),
      peer('cp, then fsync', ['sh', '-c', 'cp "$0" "$1" && sync "$1"', source, copied]),
      copy('modelkeep copyFile', 'native'),
      copy('modelkeep copyFile, wasm', 'wasm'),
      ourContender(idle, programContender('modelkeep import', nodeCommand('import', library), target)),
    ]),
    rounds,
  );
  printRow({
    row: 'import',
    facts: { MiB: sizeBytes / 1_048_576, folder: targetFolder },
    runs: slowestPeerFirst(runs),
  });
}

function slowestPeerFirst(runs: Runs): Runs {
  const secondsOf = (name: string): number => median((runs.get(name) ?? []).map((run) => run['seconds'] ?? 0));
  const slowest = peers.filter((name) => runs.has(name)).toSorted((a, b) => secondsOf(b) - secondsOf(a))[0];
  return new Map([...runs].toSorted(([a], [b]) => Number(b === slowest) - Number(a === slowest)));
}
