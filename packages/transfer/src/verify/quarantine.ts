import { basename, join } from 'node:path';
import { ensureFolder } from '@modelkeep/io';
import type { FetchContext } from '../fetch-context.ts';
import { randomName } from '../part/random-name.ts';

/** @internal Moves bytes that are wrong out of the way, for a look at them; removes them where that cannot be done. */
export async function quarantinePart({ options, logger }: FetchContext, part: string): Promise<void> {
  const { io, quarantine, file } = options;
  const { fileSystem } = io;
  if (quarantine !== undefined) {
    const path = join(quarantine, `${basename(part)}.${randomName()}`);
    try {
      await ensureFolder(fileSystem, quarantine);
      await fileSystem.rename(part, path);
      logger.warn(`the wrong bytes of ${file} are kept in quarantine`, { path });
      return;
    } catch (error) {
      logger.warn(`the wrong bytes of ${file} cannot be kept in quarantine`, { path, error: String(error) });
    }
  }
  // The mismatch is what the caller hears of; a part that is gone already is as good.
  await fileSystem.unlink(part).catch(() => {});
}
