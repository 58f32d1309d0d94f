import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-few-'));
  await writeFile(join(folder, 'file'), 'bytes');
});
afterEach(() => rm(folder, { recursive: true }));

/** What calls of a process get that may have 64 files and holds them all, for so long or for ever. */
async function runWith(givenBackAfterMs = ''): Promise<Record<string, unknown>> {
  const program = fileURLToPath(new URL('few-descriptors.test-program.ts', import.meta.url));
  const node = [process.execPath, '--conditions=modelkeep-source', program, folder, givenBackAfterMs];
  const { stdout } = await promisify(execFile)('bash', ['-c', 'ulimit -n 64; exec "$@"', 'bash', ...node]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

// Windows has no such limit.
describe.skipIf(process.platform === 'win32')('where no descriptor is left', () => {
  it('small calls and those of workers wait, and are done once there are some', async () => {
    const outcomes = await runWith('400');
    expect(Object.keys(outcomes)).toHaveLength(6);
    expect(Object.values(outcomes)).not.toContainEqual(expect.objectContaining({ code: 'core.too-many-files' }));
    expect(outcomes['listFolders']).toEqual([{ path: folder, files: [] }]);
    expect(await readFile(join(folder, 'new'), 'utf8')).toBe('new');
  });

  it('they fail after some seconds with the limit and what to do, and have made nothing', async () => {
    const { listFolders, ...others } = await runWith();
    expect(listFolders).toEqual([{ path: folder, files: [], unreadable: 'EMFILE' }]);
    for (const outcome of Object.values(others)) {
      expect(outcome).toMatchObject({ code: 'core.too-many-files', hint: expect.stringMatching(/ulimit/) as unknown });
      if (process.platform === 'linux') expect(outcome).toMatchObject({ facts: { limit: 64 } });
    }
    expect(await readdir(folder)).toEqual(['file']);
  });
});
