import { ModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '../ports/file-system.ts';
import type { LinkIdentity, LinkStrategy } from './link-strategy.ts';

/** What a file holds. Plain data. */
export interface LinkContent {
  readonly sizeBytes: number;
  /** 64 hex. */
  readonly sha256: string;
}

/** What copies a file where no link is possible. */
export interface LinkCopier {
  /** A durable new file. @returns what was copied */
  readonly copy: (options: {
    readonly source: string;
    readonly target: string;
    readonly signal?: AbortSignal | undefined;
  }) => Promise<LinkContent>;
}

/** @internal What {@link putLink} makes. */
export interface PutLinkOptions {
  readonly strategy: LinkStrategy;
  readonly existing: string;
  /** Nothing is there. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly leadsTo?: string | undefined;
  readonly content?: LinkContent | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @internal Makes a link where nothing is, by one strategy. The folder is not fsynced. @throws `io.exists` */
export async function putLink(
  { fileSystem, copy }: LinkCopier & { readonly fileSystem: FileSystem },
  options: PutLinkOptions,
): Promise<LinkIdentity> {
  const { strategy, existing, path, kind, leadsTo = existing, signal } = options;
  switch (strategy) {
    case 'symlink':
      await fileSystem.symlink({ target: leadsTo, path, kind });
      return { strategy, target: leadsTo };
    case 'junction':
      await fileSystem.symlink({ target: existing, path, kind: 'junction' });
      return { strategy, target: existing };
    case 'hardlink': {
      // Of the original: whatever takes the name of the link meanwhile is not ours.
      const { device, inode } = await fileSystem.lstat(existing);
      await fileSystem.link(existing, path);
      return { strategy, device, inode };
    }
    case 'reflink': {
      await fileSystem.reflink(existing, path);
      await fileSystem.fsyncFile(path);
      const { sizeBytes } = await fileSystem.lstat(path);
      return identityOf(strategy, options, { sizeBytes });
    }
    case 'copy':
      return identityOf(strategy, options, await copy({ source: existing, target: path, signal }));
  }
  return strategy satisfies never;
}

function identityOf(
  strategy: 'reflink' | 'copy',
  { existing, content }: PutLinkOptions,
  found: Partial<LinkContent>,
): LinkIdentity {
  if (
    content === undefined ||
    found.sizeBytes !== content.sizeBytes ||
    (found.sha256 ?? content.sha256) !== content.sha256
  ) {
    throw new ModelkeepError('io.changed-while-read', {
      message: `${existing} does not hold the content that was to be linked`,
      facts: { path: existing },
      hint: 'verify the library: the file was changed since it was hashed',
    });
  }
  return { strategy, ...content };
}
