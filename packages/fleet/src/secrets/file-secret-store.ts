import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import type { SecretStore } from '../ports/secret-store.ts';

/** No secret is as long; what is longer is some other file. */
const MOST_BYTES = 65_536;

/**
 * Keeps each secret in a file of its own, which only its owner may read (0600, in a folder with 0700). A write is a rename,
 * so that another process finds the old one or the new one, and no writer takes away what another one has set. On Windows
 * the rights are those of the folder.
 *
 * `set` throws `fleet.secrets-refused` on a drive that has no rights.
 *
 * @param folder - absolute; made when the first secret is set
 */
export function createFileSecretStore(folder: string): SecretStore {
  // The name is hashed, so that any name is a file name.
  const pathOf = (name: string): string => join(folder, createHash('sha256').update(name).digest('hex'));
  return {
    get(name) {
      const path = pathOf(name);
      const status = statSync(path, { throwIfNoEntry: false });
      if (status?.isFile() !== true || status.size > MOST_BYTES) return undefined;
      try {
        return readFileSync(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw unreadable(path, error);
      }
    },
    async set(name, value) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await chmod(folder, 0o700);
      const path = pathOf(name);
      const temp = `${path}.${randomUUID()}`;
      try {
        const file = await open(temp, 'wx', 0o600);
        try {
          const { mode } = await file.stat();
          if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw refused(folder);
          await file.writeFile(value);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temp, path);
        await syncFolder(folder);
      } finally {
        await rm(temp, { force: true });
      }
    },
    delete: (name) => rm(pathOf(name), { force: true }),
  };
}

/** So that a power cut does not bring the secret before back. Windows does not sync folders. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function refused(folder: string): ModelkeepError<'fleet.secrets-refused'> {
  return new ModelkeepError('fleet.secrets-refused', {
    message: `${folder} is on a drive where everybody can read a file`,
    facts: { reason: 'no-permissions' },
    hint: 'pass a stateDir on another drive, or a secretStore such as the keychain of the system',
  });
}

function unreadable(path: string, cause: unknown): ModelkeepError<'io.permission'> {
  return new ModelkeepError('io.permission', { message: `${path} cannot be read`, facts: { path }, cause });
}
