import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A drive in an image file, to be plugged in and out. */
export interface TestDrive extends AsyncDisposable {
  /**
   * Mounts it at a folder, which is made where it is missing.
   *
   * @param options - such as `ro`
   */
  plugIn(folder: string, options?: string): Promise<void>;
  /** Unmounts it; nothing where it is not mounted. */
  unplug(): Promise<void>;
}

/** What the drive is formatted with. */
export interface TestDriveOptions {
  readonly type: 'ext4' | 'vfat' | 'btrfs' | 'xfs';
  /** An XFS has 300 MiB at least. */
  readonly sizeBytes: number;
  /** Files that an ext4 can have. @default as many as are usual for its size */
  readonly inodes?: number | undefined;
}

/** Makes a drive, and tries it out. @returns why there is none, where this user or system cannot mount one */
export async function createTestDrive({
  type,
  sizeBytes,
  inodes,
}: TestDriveOptions): Promise<TestDrive | { readonly why: string }> {
  const base = await mkdtemp(join(tmpdir(), 'modelkeep-drive-'));
  const image = join(base, 'image');
  let mounted: string | null = null;
  const drive: TestDrive = {
    async plugIn(folder, options = 'rw') {
      await mkdir(folder, { recursive: true });
      await run('mount', ['-o', `loop,${options}`, image, folder]);
      mounted = folder;
    },
    async unplug() {
      if (mounted === null) return;
      await run('umount', [mounted]);
      mounted = null;
    },
    async [Symbol.asyncDispose]() {
      await drive.unplug();
      await rm(base, { recursive: true, force: true });
    },
  };
  try {
    await writeFile(image, '');
    await truncate(image, sizeBytes);
    const quiet = type === 'vfat' ? [] : ['-q'];
    await run(`mkfs.${type}`, [...quiet, ...(inodes === undefined ? [] : ['-N', `${inodes}`]), image]);
    await drive.plugIn(join(base, 'tried'));
    await drive.unplug();
    return drive;
  } catch (error) {
    await drive[Symbol.asyncDispose]();
    return { why: error instanceof Error ? error.message : String(error) };
  }
}
