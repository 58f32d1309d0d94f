import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, open, readFile, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createIo } from '@modelkeep/io';
import { createTestDrive } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { findDuplicates } from './find-duplicates.ts';
import { shareDuplicates } from './share-duplicates.ts';

const MIB = 1024 * 1024;
const weights = randomBytes(24 * MIB + 5);

/** Written, and on the drive. */
async function place(path: string): Promise<void> {
  await using file = await open(path, 'wx');
  await file.writeFile(weights);
  await file.sync();
}

async function usedBytes(folder: string): Promise<number> {
  await promisify(execFile)('sync', ['-f', folder]);
  const { blocks, bfree, bsize } = await statfs(folder);
  return (blocks - bfree) * bsize;
}

describe.each([
  { type: 'btrfs', sizeBytes: 256 * MIB },
  { type: 'xfs', sizeBytes: 320 * MIB },
] as const)('a real drive with reflinks, $type', (options) => {
  it('copies by one, shares duplicates by one, and knows them the next time', async (context) => {
    const made = await createTestDrive(options);
    if ('why' in made) {
      await context.annotate(`no ${options.type} could be mounted: ${made.why}`);
      return;
    }
    await using drive = made;
    const folder = await mkdtemp(join(tmpdir(), 'modelkeep-reflinks-'));
    await drive.plugIn(folder);
    try {
      await using io = createIo({ workers: 'in-thread' });
      const [a, b, c] = ['a', 'b', 'c'].map((name) => join(folder, `${name}.safetensors`)) as [string, string, string];
      await place(a);
      const alone = await usedBytes(folder);
      const copied = await io.copyFile({ source: a, target: join(folder, 'copied'), algorithms: ['sha256'] });
      expect(copied).toMatchObject({ method: 'reflink', sizeBytes: weights.byteLength });
      expect((await usedBytes(folder)) - alone).toBeLessThan(weights.byteLength / 4);

      await rm(join(folder, 'copied'));
      await place(b);
      await place(c);
      const found = await findDuplicates(io, folder).result;
      expect(found).toMatchObject({
        filesSharing: 0,
        groups: [{ keep: { path: a } }],
        bytesApparent: 2 * weights.byteLength,
      });
      const { shared } = await shareDuplicates(io, found).result;
      expect(shared).toMatchObject([
        { path: b, method: 'reflink' },
        { path: c, method: 'reflink' },
      ]);

      const again = await findDuplicates(io, folder).result;
      expect(again).toMatchObject({ filesSharing: 2, groups: [], bytesApparent: 0, bytesOnDisk: 0 });
      await appendFile(b, 'changed');
      expect((await readFile(a)).equals(weights)).toBe(true);
      expect((await readFile(c)).equals(weights)).toBe(true);
    } finally {
      await drive.unplug();
      await rm(folder, { recursive: true });
    }
  });
});
