import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export { createRandom, digestOf, idOf, makeRecord, randomRecord } from './records.test-records.ts';

/** @internal A folder for one test, removed after it. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'modelkeep-index-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
