import { isModelkeepError } from '@modelkeep/core';
import { publishFile, systemCodeOf, type FileSystem, type LinkMaker } from '@modelkeep/io';
import { kindsOf } from './link-kind.ts';
import type { LinkHands, LinkToMake, MadeLink } from './link-hands.ts';
import { linkRefused, mayTryAnother } from './link-refused.ts';
import { putAt } from './put-at.ts';
import { readLink, symbolicLink } from './read-link.ts';

/** @internal What the hands work with. */
export interface LinkHandsOptions {
  readonly fileSystem: FileSystem;
  /** Reads and copies bytes; null: neither clones nor copies are made. */
  readonly maker: Pick<LinkMaker, 'sha256' | 'copy'> | null;
}

/** What systems answer to a rename over a link to a folder, which they take for a folder. */
const NOT_OVER_A_FOLDER = new Set(['EPERM', 'EACCES', 'EEXIST', 'EISDIR']);
/** What is made in one step, and needs no other name while it is made. */
const ONE_STEP = new Set(['symlink', 'junction', 'hardlink']);

/** @internal */
export function createLinkHands({ fileSystem, maker }: LinkHandsOptions): LinkHands {
  const reading = { fileSystem, sha256: maker === null ? null : (path: string) => maker.sha256(path) };

  const byFirstThatWorks = async (link: LinkToMake, make: (by: LinkKindOf) => Promise<MadeLink>): Promise<MadeLink> => {
    const kinds = kindsOf(link.strategy).filter((by) => fits(by, link));
    let last: unknown;
    for (const by of kinds) {
      try {
        return await make(by);
      } catch (error) {
        if (!mayTryAnother(error)) throw error;
        last = error;
      }
    }
    throw linkRefused(link.target, last);
  };

  const fits = (by: LinkKindOf, { leadsTo }: LinkToMake): boolean => {
    if (by === 'reflink' || by === 'copy') return maker !== null && leadsTo === 'file';
    return by === 'symlink' || (by === 'junction') === (leadsTo === 'folder');
  };

  const removeTemporary: LinkHands['removeTemporary'] = async ({ temporary, strategy }) => {
    const state = await readLink(reading, temporary, []);
    /* The name is made from a random id. A file is there only if the strategy makes files. */
    const isOurs = state.kind === 'link' || (state.kind === 'other' && state.what === 'file' && makesFiles(strategy));
    if (isOurs) await removeIfThere(fileSystem, temporary);
  };

  return {
    canReadBytes: maker !== null,
    read: (target, known, text) =>
      text === undefined ? readLink(reading, target, known) : Promise.resolve(symbolicLink(text, known)),
    create: (link) =>
      byFirstThatWorks(link, async (by) => {
        if (ONE_STEP.has(by)) return putAt({ fileSystem, maker }, { link, by, path: link.target });
        await removeTemporary(link);
        try {
          const made = await putAt({ fileSystem, maker }, { link, by, path: link.temporary });
          await publishFile(fileSystem, link.temporary, link.target);
          return made;
        } catch (error) {
          await removeTemporary(link);
          throw error;
        }
      }),
    replace: (link) =>
      byFirstThatWorks(link, async (by) => {
        await removeTemporary(link);
        const made = await putAt({ fileSystem, maker }, { link, by, path: link.temporary });
        try {
          await renameOver(fileSystem, link);
        } catch (error) {
          await removeTemporary(link);
          throw error;
        }
        return made;
      }),
    remove: (target) => fileSystem.unlink(target),
    removeTemporary,
  };
}

type LinkKindOf = ReturnType<typeof kindsOf>[number];

function makesFiles(strategy: string): boolean {
  return kindsOf(strategy).some((kind) => kind !== 'symlink' && kind !== 'junction');
}

async function renameOver(fileSystem: FileSystem, { temporary, target }: LinkToMake): Promise<void> {
  try {
    await fileSystem.rename(temporary, target);
  } catch (error) {
    if (!NOT_OVER_A_FOLDER.has(systemCodeOf(error) ?? '')) throw error;
    if ((await fileSystem.lstat(target)).kind !== 'symlink') throw error;
    await fileSystem.unlink(target);
    await fileSystem.rename(temporary, target);
  }
}

async function removeIfThere(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await fileSystem.unlink(path);
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
}
