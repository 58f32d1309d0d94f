import { dirname } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import { systemCodeOf } from '../errors/system-code-of.ts';
import { removeQuietly } from '../files/remove-quietly.ts';
import { temporaryNameBeside } from '../files/temporary-name.ts';
import type { FileSystem } from '../ports/file-system.ts';
import { inTheWay } from './in-the-way.ts';
import type { LinkIdentity, LinkRefusal, LinkRefusalReason, LinkStrategy } from './link-strategy.ts';
import { lookAtLink, type LinkReader } from './look-at-link.ts';
import { publishFile } from './publish-file.ts';
import { putLink, type LinkContent, type LinkCopier } from './put-link.ts';
import { replaceLink } from './replace-link.ts';

/** What makes links: {@link linkMaker} gives one over an {@link Io}. */
export interface LinkMaker extends LinkReader, LinkCopier {
  readonly fileSystem: FileSystem;
}

/** What {@link makeLink} makes. */
export interface MakeLinkOptions {
  /** What is linked, absolute. */
  readonly existing: string;
  /** The link, absolute. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  /** Those that may be used, the best one first, as {@link chooseLink} gives them. */
  readonly strategies: readonly LinkStrategy[];
  /** What a symlink says. @default existing */
  readonly leadsTo?: string | undefined;
  /** What the file holds; a clone and a copy are recognised by it. Without it neither is made. */
  readonly content?: LinkContent | undefined;
  /** The link of ours that is there now and may be replaced. Without it nothing may be there. */
  readonly replaces?: LinkIdentity | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A link that was made. Plain data. */
export interface MadeLink {
  /** To be recorded: only with it the link may be replaced or removed later. */
  readonly identity: LinkIdentity;
  /** Strategies that came first and turned out not to work. */
  readonly passedOver: readonly LinkRefusal[];
}

/**
 * Makes a link by the first strategy that works; durable when it returns. It never takes the place of anything but the one
 * link that `replaces` describes. Between the last look at that one and the rename, which the systems cannot do in one step,
 * another program can still put something there.
 *
 * @throws `io.exists` when something else is there; what the last strategy met when none works: `io.failed`, `io.permission`;
 * `io.disk-full`, `io.changed-while-read` when the content is not the one that was named, `core.invalid-argument` without a
 * strategy, `signal.reason`
 */
export async function makeLink(maker: LinkMaker, options: MakeLinkOptions): Promise<MadeLink> {
  const { strategies, content, kind } = options;
  const passedOver: LinkRefusal[] = [];
  let last: unknown = noStrategy();
  for (const strategy of strategies) {
    if (content === undefined && (strategy === 'reflink' || strategy === 'copy')) continue;
    if ((kind === 'folder') !== (strategy === 'junction') && strategy !== 'symlink') continue;
    options.signal?.throwIfAborted();
    try {
      return { identity: await makeOne(maker, options, strategy), passedOver };
    } catch (error) {
      const refusal = refusalBy(strategy, error);
      if (refusal === null) throw error;
      passedOver.push(refusal);
      last = error;
    }
  }
  throw last;
}

async function makeOne(maker: LinkMaker, options: MakeLinkOptions, strategy: LinkStrategy): Promise<LinkIdentity> {
  const { fileSystem } = maker;
  const { existing, path, replaces, signal } = options;
  const state = replaces === undefined ? 'absent' : await lookAtLink(maker, { path, identity: replaces, signal });
  if (state === 'other') throw inTheWay(path);
  const isOneStep = strategy !== 'reflink' && strategy !== 'copy';
  if (state === 'absent' && isOneStep) {
    const identity = await putLink(maker, { ...options, strategy, path });
    await fileSystem.fsyncFolder(dirname(path));
    return identity;
  }
  const before = state === 'ours' ? await fileSystem.lstat(path) : null;
  // A rename between two names of one file does nothing, and leaves both.
  if (strategy === 'hardlink' && before !== null) {
    const { device, inode } = await fileSystem.lstat(existing);
    if (before.device === device && before.inode === inode) return { strategy, device, inode };
  }
  const temporary = temporaryNameBeside(path);
  let isPublished = false;
  try {
    const identity = await putLink(maker, { ...options, strategy, path: temporary });
    if (before === null) {
      await publishFile(fileSystem, temporary, path);
    } else {
      await replaceLink(fileSystem, { temporary, path, before });
    }
    isPublished = true;
    return identity;
  } finally {
    if (!isPublished) await removeQuietly(fileSystem, temporary);
  }
}

const refusals: Readonly<Record<string, LinkRefusalReason>> = {
  EMLINK: 'too-many-names',
  EXDEV: 'another-drive',
  ENOTSUP: 'drive-cannot',
  EOPNOTSUPP: 'drive-cannot',
  ENOSYS: 'drive-cannot',
  ENOTTY: 'drive-cannot',
  EINVAL: 'drive-cannot',
  EPERM: 'drive-cannot',
  EACCES: 'no-rights',
};

/** Null: no other strategy would fare better. */
function refusalBy(strategy: LinkStrategy, error: unknown): LinkRefusal | null {
  const systemCode = systemCodeOf(error) ?? '';
  const reason = strategy === 'symlink' && systemCode === 'EPERM' ? 'no-rights' : refusals[systemCode];
  return reason === undefined ? null : { strategy, reason, systemCode };
}

function noStrategy(): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: 'no strategy is left that could make this link',
    facts: { argument: 'strategies' },
    hint: 'chooseLink says which ones may be used, and why the others may not',
  });
}
