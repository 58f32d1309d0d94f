/** Uses up all descriptors that it may have, calls what needs one, and gives them back after a while, or never. */
import { closeSync, openSync } from 'node:fs';
import { serialiseError } from '@modelkeep/core';
import { createIo } from '../create-io.ts';
import { nodeFileSystem } from './node-file-system.ts';

const [folder = '', givenBackAfterMs = ''] = process.argv.slice(2);
await using io = createIo({ size: 1, blake3: 'wasm' });
// The thread, its code and what looks at the drive are there before.
await io.hashFile(`${folder}/file`, { algorithms: ['sha256'] });

const held: number[] = [];
try {
  for (;;) held.push(openSync('/dev/null', 'r'));
} catch {
  // That was the last one.
}
const giveBack = (): void => {
  for (const descriptor of held.splice(0)) closeSync(descriptor);
};
if (givenBackAfterMs !== '') setTimeout(giveBack, Number(givenBackAfterMs));
const calls = {
  hashFile: () => io.hashFile(`${folder}/file`, { algorithms: ['sha256'] }),
  listFolders: () => io.listFolders([folder], { extensions: ['gguf'], besides: [] }),
  readFile: () => nodeFileSystem.readFile(`${folder}/file`, { maxBytes: 100 }),
  readdir: () => nodeFileSystem.readdir(folder),
  fsyncFolder: () => nodeFileSystem.fsyncFolder(folder),
  writeFile: () => nodeFileSystem.writeFile(`${folder}/new`, { data: 'new' }),
};
const outcomes = await Promise.all(
  Object.entries(calls).map(([name, call]) =>
    call().then(
      (answer: unknown) => [name, answer ?? null] as const,
      (error: unknown) => [name, serialiseError(error)] as const,
    ),
  ),
);
giveBack();
process.stdout.write(JSON.stringify(Object.fromEntries(outcomes)));
