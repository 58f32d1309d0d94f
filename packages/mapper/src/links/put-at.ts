import { ModelkeepError } from '@modelkeep/core';
import type { FileSystem, LinkMaker } from '@modelkeep/io';
import type { LinkKind } from './link-kind.ts';
import type { LinkToMake, MadeLink } from './link-hands.ts';
import { readMark } from './link-mark.ts';

/** @internal */
export interface PutAtOptions {
  readonly link: LinkToMake;
  readonly by: LinkKind;
  /** Nothing is there. */
  readonly path: string;
}

interface Makers {
  readonly fileSystem: FileSystem;
  readonly maker: Pick<LinkMaker, 'copy'> | null;
}

/** @internal Makes a link of one kind where nothing is. The folder is not fsynced. @throws `io.exists` */
export async function putAt({ fileSystem, maker }: Makers, { link, by, path }: PutAtOptions): Promise<MadeLink> {
  const { source, leadsTo } = link;
  switch (by) {
    case 'symlink':
      await fileSystem.symlink({ target: source, path, kind: leadsTo });
      return { by, mark: {} };
    case 'junction':
      await fileSystem.symlink({ target: source, path, kind: 'junction' });
      return { by, mark: {} };
    case 'hardlink': {
      const { device, inode } = await fileSystem.lstat(source);
      await fileSystem.link(source, path);
      return { by, mark: { device, inode } };
    }
    case 'reflink':
      await fileSystem.reflink(source, path);
      await fileSystem.fsyncFile(path);
      return markedFile(fileSystem, { link, by, path });
    case 'copy': {
      const copied = await maker?.copy({ source, target: path });
      if (copied?.sha256 !== readMark(link.mark).sha256) throw changed(source);
      return markedFile(fileSystem, { link, by, path });
    }
    case 'written':
      await fileSystem.writeFile(path, { data: link.content ?? '' });
      return { by, mark: {} };
  }
  return by satisfies never;
}

async function markedFile(fileSystem: FileSystem, { link, by, path }: PutAtOptions): Promise<MadeLink> {
  const { sizeBytes: expected, sha256 } = readMark(link.mark);
  const { device, inode, mtimeMs, sizeBytes } = await fileSystem.lstat(path);
  if (sizeBytes !== expected) throw changed(link.source);
  return { by, mark: { device, inode, mtimeMs, sizeBytes, sha256 } };
}

function changed(path: string): ModelkeepError {
  return new ModelkeepError('io.changed-while-read', {
    message: `${path} does not hold the content that was to be linked`,
    facts: { path },
    hint: 'verify the library: the file was changed since it was hashed',
  });
}
