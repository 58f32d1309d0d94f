import type { FileSystem } from '../ports/file-system.ts';

/** @internal Tidies up after a failure. The failure is what the caller has to hear of, not that the tidying failed too. */
export async function removeQuietly(fileSystem: FileSystem, path: string): Promise<void> {
  await fileSystem.unlink(path).catch(() => {});
}
