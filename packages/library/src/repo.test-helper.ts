import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { demoRepos } from '@modelkeep/testing';

/** Writes a small repo of the demo into a folder. @returns the names of its files */
export async function writeRepo(folder: string, id: string): Promise<readonly string[]> {
  const files = demoRepos({ scale: 0.1 }).find((repo) => repo.id === id)?.files ?? [];
  for (const { path, content } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content as Uint8Array);
  }
  return files.map(({ path }) => path);
}
