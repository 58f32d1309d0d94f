import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Tests start hundreds of processes from the sources: each takes the stripped and compiled code of an earlier one. What a
 * coverage counts is loaded by the test runner, which has no part in this cache.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'modelkeep-compiled-'));
  process.env['NODE_COMPILE_CACHE'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
