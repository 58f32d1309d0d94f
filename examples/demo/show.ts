import { readdir, readlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { LatestValue, Progress } from 'modelkeep';

/** Megabytes for people. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A heading. */
export function title(text: string): void {
  console.log(`\n== ${text}`);
}

/** One line that changes where somebody watches, a line for each tenth otherwise. */
export async function showProgress(progress: LatestValue<Progress>): Promise<void> {
  const isTerminal = process.stdout.isTTY;
  let shown = 0;
  for await (const { fraction, bytesPerSecond, phase, file } of progress) {
    const tenth = Math.floor(fraction * 10);
    if (phase !== 'downloading' || (!isTerminal && tenth <= shown)) continue;
    shown = tenth;
    const bar = '#'.repeat(tenth * 2).padEnd(20, '.');
    const line = `  [${bar}] ${(fraction * 100).toFixed(0).padStart(3)} %  ${megabytes(bytesPerSecond)}/s  ${file ?? ''}`;
    if (isTerminal) process.stdout.write(`\r${line.slice(0, (process.stdout.columns ?? 80) - 1).padEnd(70)}`);
    else console.log(line);
  }
  if (isTerminal) process.stdout.write(`\r${' '.repeat((process.stdout.columns ?? 80) - 1)}\r`);
}

/** A folder as a tree; a link shows where it leads. */
export async function printTree(
  folder: string,
  { hide }: { readonly hide: readonly string[] },
  indent = '  ',
): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (hide.includes(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) {
      const target = await readlink(path);
      console.log(`${indent}${entry.name} -> ${relative(join(folder, '../../..'), target)}`);
    } else {
      console.log(`${indent}${entry.name}${entry.isDirectory() ? '/' : ''}`);
      if (entry.isDirectory()) await printTree(path, { hide }, `${indent}  `);
    }
  }
}
