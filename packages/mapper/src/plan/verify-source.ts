import { systemCodeOf, type FileStatus, type FileSystem } from '@modelkeep/io';
import { isDirectlyIn } from '../app/path-parts.ts';
import { isInside } from '../app/safe-names.ts';
import type { LinkReason } from '../plan/link-reason.ts';

/** @internal */
export interface VerifySourceOptions {
  /** The model's folder. */
  readonly folder: string;
  /** What the link is to lead to. */
  readonly source: string;
  readonly leadsTo: 'file' | 'folder';
}

/**
 * @internal Whether a source is a real file or folder of its model, and what the system knows of it. A link in the model's
 * folder could lead anywhere; a name directly in it, which is no link, leads nowhere else.
 */
export async function checkSource(
  fileSystem: FileSystem,
  options: VerifySourceOptions,
): Promise<{ readonly status: FileStatus } | { readonly reason: LinkReason }> {
  const { folder, source, leadsTo } = options;
  try {
    const status = await fileSystem.lstat(source);
    const isDirect = isDirectlyIn(folder, source) || source === folder;
    if (status.kind === leadsTo && (isDirect || (await isReallyInside(fileSystem, options)))) return { status };
    const message = `${source} is no ${leadsTo} in the folder of its model`;
    return { reason: { code: 'source-not-in-library', message } };
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
    const message = `${source} cannot be read now: is its drive connected?`;
    return { reason: { code: 'source-missing', message } };
  }
}

/** @internal Why a source cannot be linked, or null. */
export async function verifySource(fileSystem: FileSystem, options: VerifySourceOptions): Promise<LinkReason | null> {
  const found = await checkSource(fileSystem, options);
  return 'reason' in found ? found.reason : null;
}

async function isReallyInside(fileSystem: FileSystem, { folder, source }: VerifySourceOptions): Promise<boolean> {
  return isInside(await fileSystem.realpath(folder), await fileSystem.realpath(source));
}
