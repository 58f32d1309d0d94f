import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readWholeFile } from './read-whole-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-read-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('reading a whole file', () => {
  it('reads a regular file, an empty one too', async () => {
    await writeFile(join(folder, 'file'), 'bytes');
    await writeFile(join(folder, 'empty'), '');
    expect(Buffer.from(await readWholeFile(join(folder, 'file'), { maxBytes: 5 })).toString()).toBe('bytes');
    expect((await readWholeFile(join(folder, 'empty'), { maxBytes: 5 })).byteLength).toBe(0);
  });

  it('refuses a named pipe at once and keeps no handle on it', async () => {
    const path = join(folder, 'pipe');
    await promisify(execFile)('mkfifo', [path]);
    await expect(readWholeFile(path, { maxBytes: 100 })).rejects.toMatchObject({
      code: 'io.failed',
      message: `cannot read ${path}: it is a pipe or a device, not a regular file`,
      facts: { path, systemCode: 'EINVAL', operation: 'read' },
    });
    // A writer that does not wait is refused when nobody has the pipe open for reading.
    await expect(open(path, constants.O_WRONLY | constants.O_NONBLOCK)).rejects.toMatchObject({ code: 'ENXIO' });
  });

  it('refuses a named pipe that someone writes to', async () => {
    const path = join(folder, 'pipe');
    await promisify(execFile)('mkfifo', [path]);
    const both = await open(path, constants.O_RDWR | constants.O_NONBLOCK);
    try {
      await both.write('bytes');
      await expect(readWholeFile(path, { maxBytes: 100 })).rejects.toMatchObject({ facts: { systemCode: 'EINVAL' } });
    } finally {
      await both.close();
    }
  });

  it('refuses a folder', async () => {
    const path = join(folder, 'below');
    await mkdir(path);
    await expect(readWholeFile(path, { maxBytes: 100 })).rejects.toMatchObject({
      code: 'io.failed',
      message: `cannot read ${path}: it is a folder, not a regular file`,
      facts: { path, systemCode: 'EISDIR', operation: 'read' },
    });
  });

  it('refuses a device, even an endless one', async () => {
    await expect(readWholeFile('/dev/zero', { maxBytes: 100 })).rejects.toMatchObject({
      facts: { systemCode: 'EINVAL' },
    });
  });
});
