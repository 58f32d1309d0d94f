import { spawnSync } from 'node:child_process';
import { lstat, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const CHUNK_BYTES = 4 * 1_048_576;

/**
 * Empties the folder that a run writes to and gives every run the same start.
 *
 * A virtual machine hands free memory back to its host, and touching it again costs several times what a write costs: the
 * same `curl` took 1.2 s and 7 s. So as many bytes as the run will write are written and removed first, and the drive is
 * synced.
 */
export async function freshFolder(folder: string, warmBytes: number): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const warm = join(folder, 'warm');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const file = await open(warm, 'wx');
  for (let at = 0; at < warmBytes; at += CHUNK_BYTES) await file.write(chunk);
  await file.close();
  await rm(warm);
  spawnSync('sync', ['-f', folder]);
}

/** Refuses a contender that did not do the work. */
export async function requireBytes(folder: string, bytes: number): Promise<void> {
  let found = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    const status = await lstat(join(folder, name));
    if (status.isFile()) found += status.size;
  }
  if (found < bytes) throw new Error(`${folder} holds ${found} bytes, not ${bytes}`);
}
