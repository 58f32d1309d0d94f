/** Runs every benchmark, or those whose path contains a given word: `pnpm bench transfer`. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

const words = process.argv.slice(2);
// Not the whole tree: the packages under node_modules link to each other, round and round.
const benchmarks = globSync('*/*.bench.ts', { cwd: import.meta.dirname })
  .filter((name) => words.every((word) => name.includes(word)))
  .toSorted();
if (benchmarks.length === 0) {
  console.error(`no benchmark has ${words.join(' and ')} in its path`);
  process.exitCode = 2;
}
for (const name of benchmarks) {
  console.log(`== ${name}`);
  const { status } = spawnSync(process.execPath, ['--conditions=modelkeep-source', join(import.meta.dirname, name)], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
