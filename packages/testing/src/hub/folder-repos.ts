import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { HubOptions } from './hub-options.ts';
import type { LocalHub } from './local-hub.ts';
import type { RepoDefinition, RepoFile } from './repo-definition.ts';
import { startHub } from './start-hub.ts';

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();
}

async function filesIn(folder: string, prefix = ''): Promise<RepoFile[]> {
  const files: RepoFile[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = `${prefix}${entry.name}`;
    const full = join(folder, entry.name);
    if (entry.isDirectory() && path !== '.git') files.push(...(await filesIn(full, `${path}/`)));
    if (entry.isFile()) files.push({ path, content: { fromFile: full } });
  }
  return files;
}

/**
 * Reads a folder as model repos: `<folder>/<org>/<name>/…`, every file below, links and `.git` left out.
 * Only names and sizes are looked at; the files must not change while a hub serves them.
 *
 * @returns one definition for each second-level folder that holds a file; rejects with the system's error
 */
export async function folderRepos(folder: string): Promise<RepoDefinition[]> {
  const repos: RepoDefinition[] = [];
  for (const organisation of await subfolders(folder)) {
    for (const name of await subfolders(join(folder, organisation))) {
      const files = await filesIn(join(folder, organisation, name));
      if (files.length > 0) repos.push({ id: `${organisation}/${name}`, files });
    }
  }
  return repos;
}

/** Starts a hub that serves the repos of a folder, beside those of the options. */
export async function serveFolder(folder: string, options: HubOptions = {}): Promise<LocalHub> {
  const repos = await folderRepos(folder);
  return startHub({ lazyHashing: true, ...options, repos: [...(options.repos ?? []), ...repos] });
}
