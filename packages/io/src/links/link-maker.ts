import type { Io } from '../io.ts';
import type { LinkMaker } from './make-link.ts';

/**
 * What {@link makeLink}, {@link lookAtLink} and {@link removeLink} work with, over an {@link Io}: bytes are read and copied in its
 * workers.
 *
 * @example
 * ```ts
 * import { chooseLink, createIo, linkMaker, linkSituation, makeLink } from '@modelkeep/io';
 *
 * await using io = createIo();
 * const [existing, path] = ['/data/models/lora/sdxl/ink/ink.safetensors', '/apps/ComfyUI/models/loras/ink.safetensors'];
 * const { chosen } = chooseLink(await linkSituation(io.fileSystem, { existing, path }));
 * const strategies = chosen.map(({ strategy }) => strategy);
 * const { identity } = await makeLink(linkMaker(io), { existing, path, kind: 'file', strategies });
 * console.log(identity);
 * ```
 */
export function linkMaker(io: Pick<Io, 'fileSystem' | 'hashFile' | 'copyFile'>): LinkMaker {
  return {
    fileSystem: io.fileSystem,
    async sha256(path, signal) {
      return (await io.hashFile(path, { algorithms: ['sha256'], signal })).digests.sha256;
    },
    async copy({ source, target, signal }) {
      const { sizeBytes, digests } = await io.copyFile({ source, target, algorithms: ['sha256'], signal });
      return { sizeBytes, sha256: digests.sha256 };
    },
  };
}
