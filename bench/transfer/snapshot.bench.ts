/** A repo of 1,000 small files, weights of 64 KiB among them, whole: into our library, and into the caches of both hub clients. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildSafetensors } from '@modelkeep/testing';
import { alternate } from '../alternate.ts';
import { printRow } from '../report.ts';
import { benchFolders } from './bench-folders.ts';
import { buildPrograms } from './build-programs.ts';
import { ourContender, programContender } from './contenders.ts';
import { startIdleProcess } from './idle-process.ts';
import { installPeers } from './peers/install-peers.ts';
import { peerCommands } from './peers/peer-commands.ts';
import { nodeCommand } from './run-program.ts';
import { serve } from './servers/serve.ts';
import { chosen, rounds, targetFolders } from './settings.ts';

const count = Number(process.env['MODELKEEP_BENCH_FILES'] ?? 1_000);
const repo = 'bench/small';
/** JSON of 1 to 5 KiB, each file another one: small enough to live in git. */
const texts = Array.from({ length: count - 1 }, (_, index) => ({
  path: `part-${index % 10}/config-${index}.json`,
  text: JSON.stringify({
    index,
    filling: String(index)
      .repeat(400 + (index % 900))
      .slice(0, 1_024 + (index % 5) * 1_024),
  }),
}));

await buildPrograms();
const peers = await installPeers();
await using folders = await benchFolders();
const weights = join(folders.root, 'weights.bin');
await writeFile(weights, buildSafetensors({ tensors: { weight: { dtype: 'U8', shape: [65_536] } } }));
await using servers = await serve({
  ...folders,
  repos: [{ id: repo, files: [...texts, { path: 'model.safetensors', fromFile: weights }] }],
});
const python = servers.isNginx ? peers.python : undefined;
const hubUrl = servers.hubUrl ?? servers.filesUrl;
using idle = startIdleProcess();

for (const targetFolder of targetFolders) {
  const folder = await folders.target(targetFolder);
  const target = { folder, sizeBytes: texts.reduce((sum, { text }) => sum + text.length, 0) };
  const runs = await alternate(
    chosen([
      ourContender(
        idle,
        programContender('modelkeep library', nodeCommand('library', { hubUrl, repo, folder }), target),
      ),
      ...peerCommands({ ...peers, python }, { hubUrl, repo, folder }).map(({ name, command }) =>
        programContender(name, command, target),
      ),
    ]),
    rounds,
  );
  printRow({ row: 'snapshot', facts: { files: count, answers: `from ${servers.name}`, folder: targetFolder }, runs });
}
