import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '@modelkeep/core';
import { createSqlite } from '@modelkeep/sqlite';
import { onTestFinished } from 'vitest';
import type { Servers } from './servers-port.ts';
import { createSqliteServers } from './sqlite/create-sqlite-servers.ts';
import { serversMigrations } from './sqlite/servers-migrations.ts';

/** @internal A store in a folder of its own, and its file; both go with the test. */
export async function openTestServers(clock?: Clock): Promise<{ readonly servers: Servers; readonly path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'modelkeep-servers-'));
  const path = join(folder, 'fleet.db');
  const sqlite = createSqlite({ size: 2 });
  onTestFinished(async () => {
    await sqlite.close();
    await rm(folder, { recursive: true, force: true });
  });
  const database = await sqlite.open({ path, migrations: [serversMigrations] });
  return { servers: createSqliteServers({ database, clock }), path };
}

/** @internal A process that syncs, as `sync-servers.test-child.ts` does. */
export function startSyncing(...args: readonly string[]): {
  readonly ready: Promise<unknown>;
  readonly ended: Promise<number | string>;
  kill(): void;
} {
  const program = fileURLToPath(new URL('sync-servers.test-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=modelkeep-source', program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    ready: once(child.stdout, 'data'),
    ended: once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string),
    kill: () => void child.kill('SIGKILL'),
  };
}
