import { join } from 'node:path';
import type { FileSystem } from '@modelkeep/io';
import type { LinkHands } from '../links/link-hands.ts';
import type { RegisteredLink } from '../registry/link-row.ts';

/** @internal */
export interface OnlyOursOptions {
  readonly fileSystem: FileSystem;
  readonly hands: Pick<LinkHands, 'read'>;
  /** The folders that were made for links. */
  readonly made: ReadonlySet<string>;
  readonly registered: ReadonlyMap<string, RegisteredLink>;
}

/** @internal Asked for a folder by its absolute path. */
export type IsOnlyOurs = (path: string) => Promise<boolean>;

/**
 * @internal Whether a folder was made for links and has nothing else in it: such a folder says nothing of the app. Where somebody
 * keeps a file in it, or has put one in the place of a link, it does.
 */
export function onlyOurs({ fileSystem, hands, made, registered }: OnlyOursOptions): IsOnlyOurs {
  const isOurs = async (path: string): Promise<boolean> => {
    if (!made.has(path)) return false;
    for (const { name, kind } of await fileSystem.readdir(path)) {
      const inner = join(path, name);
      const row = registered.get(inner);
      const state = row === undefined ? null : await hands.read(inner, [row]);
      const isLink = state?.kind === 'link' && state.is !== null;
      if (!isLink && !(kind === 'folder' && (await isOurs(inner)))) return false;
    }
    return true;
  };
  return isOurs;
}
