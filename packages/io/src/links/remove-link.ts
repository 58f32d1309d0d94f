import { dirname } from 'node:path';
import { lookAtLink, type LinkReader, type LookAtLinkOptions } from './look-at-link.ts';

/**
 * Removes a link if exactly the one that was recorded is there; never what it leads to. A copy or clone that an app has written
 * into is not ours any more and stays.
 *
 * @returns `left`: something else is there
 */
export async function removeLink(
  reader: LinkReader,
  options: LookAtLinkOptions,
): Promise<'removed' | 'absent' | 'left'> {
  const { fileSystem } = reader;
  const state = await lookAtLink(reader, options);
  if (state !== 'ours') return state === 'absent' ? 'absent' : 'left';
  await fileSystem.unlink(options.path);
  await fileSystem.fsyncFolder(dirname(options.path));
  return 'removed';
}
