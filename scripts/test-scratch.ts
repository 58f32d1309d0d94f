import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder for what the processes of one test run share. They start hundreds of processes from the sources: each takes the
 * stripped and compiled code of an earlier one. What a coverage counts is loaded by the test runner, which has no part in this
 * cache.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'modelkeep-tests-'));
  process.env['MODELKEEP_TEST_SCRATCH'] = folder;
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled');
  return () => rmSync(folder, { recursive: true, force: true });
}
