import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createIdentifier } from '../identify/create-identifier.ts';
import { openFileSource } from './file-source.ts';

it.runIf(process.platform !== 'win32')(
  'a pipe in the place of a file is refused and waited for by nobody',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'modelkeep-formats-'));
    const path = join(folder, 'pipe.safetensors');
    try {
      await promisify(execFile)('mkfifo', [path]);
      expect(() => openFileSource(path)).toThrow(
        expect.objectContaining({ code: 'io.failed', facts: expect.anything() }),
      );
      await using identifier = createIdentifier();
      await expect(identifier.identifyFiles([path])).rejects.toMatchObject({ code: 'io.failed', facts: { path } });
      expect(await identifier.planFolder(folder)).toBeNull();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

it('a folder in the place of a file is refused', () => {
  expect(() => openFileSource(tmpdir())).toThrow(expect.objectContaining({ code: 'io.failed' }));
});
