import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

/**
 * A folder for what the processes of one test run share. They start hundreds of processes from the sources: each takes the
 * stripped and compiled code of an earlier one. What a coverage counts is loaded by the test runner, which has no part in this
 * cache.
 */
export function setup({ vitest }: TestProject): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'modelkeep-tests-'));
  process.env['MODELKEEP_TEST_SCRATCH'] = folder;
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled');
  // A run of all tests counts coverage; one of a few files is over before this pays.
  const compiled = vitest.config.coverage.enabled ? compileSources() : Promise.resolve();
  return async () => {
    await compiled;
    rmSync(folder, { recursive: true, force: true });
  };
}

/** Many of the processes are killed, and leave no compiled code: one that lives does so for them. */
async function compileSources(): Promise<void> {
  const program = join(import.meta.dirname, 'load-sources.ts');
  await once(spawn(process.execPath, ['--conditions=modelkeep-source', program], { stdio: 'inherit' }), 'close');
}
