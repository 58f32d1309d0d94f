/**
 * One large file from a hub: `curl -o`, which verifies and syncs nothing, and with a SHA-256 behind it, against ours
 * (SHA-256 and BLAKE3 while it streams, fsynced) and the other clients of this field, of which none verifies.
 */
import { join } from 'node:path';
import { alternate } from '../alternate.ts';
import { printRow } from '../report.ts';
import { benchFolders } from './bench-folders.ts';
import { makeBigFile } from './big-file.ts';
import { buildPrograms } from './build-programs.ts';
import { ourContender, programContender } from './contenders.ts';
import { startIdleProcess } from './idle-process.ts';
import { installPeers } from './peers/install-peers.ts';
import { peerCommands } from './peers/peer-commands.ts';
import type { EngineInput } from './programs/engine.program.ts';
import { nodeCommand } from './run-program.ts';
import { serve } from './servers/serve.ts';
import { chosen, mebibytes, rounds, targetFolders } from './settings.ts';

await buildPrograms();
await using folders = await benchFolders();
const big = await makeBigFile(join(folders.root, 'big.bin'), mebibytes(2_048));
const repo = 'bench/big';
const path = 'big.safetensors';
await using servers = await serve({ ...folders, repos: [{ id: repo, files: [{ path, fromFile: big.path }] }] });
const peers = await installPeers();
// Without nginx the bytes come from the hub's own host name, which huggingface_hub does not take for a CDN.
const python = servers.isNginx ? peers.python : undefined;
const hubUrl = servers.hubUrl ?? servers.filesUrl;
const url = `${hubUrl}/${repo}/resolve/main/${path}`;
using idle = startIdleProcess();

for (const targetFolder of targetFolders) {
  const folder = await folders.target(targetFolder);
  const target = { folder, sizeBytes: big.sizeBytes };
  const curl = ['curl', '-sSfL', '-o', join(folder, 'curl.bin'), url];
  const engine = (name: string, blake3: 'native' | 'wasm'): ReturnType<typeof ourContender> => {
    const input: EngineInput = { urls: [url], folder, sha256: big.sha256, sizeBytes: big.sizeBytes, blake3 };
    return ourContender(idle, programContender(name, nodeCommand('engine', input), target));
  };
  const runs = await alternate(
    chosen([
      programContender('curl -o', { command: 'curl', args: curl.slice(1) }, target),
      programContender(
        'curl -o, then fsync',
        { command: 'sh', args: ['-c', '"$@" && sync "$4"', 'sh', ...curl], isWrapper: true },
        target,
      ),
      programContender(
        'curl -o, then openssl dgst',
        { command: 'sh', args: ['-c', '"$@" && openssl dgst -sha256 "$4"', 'sh', ...curl], isWrapper: true },
        target,
      ),
      engine('modelkeep engine', 'native'),
      engine('modelkeep engine, wasm', 'wasm'),
      ourContender(
        idle,
        programContender('modelkeep library', nodeCommand('library', { hubUrl, repo, folder }), target),
      ),
      ...peerCommands({ ...peers, python }, { hubUrl, repo, path, folder }).map(({ name, command }) =>
        programContender(name, command, target),
      ),
    ]),
    rounds,
  );
  printRow({
    row: 'download',
    facts: { MiB: big.sizeBytes / 1_048_576, bytes: `from ${servers.name}`, folder: targetFolder },
    runs,
  });
}
