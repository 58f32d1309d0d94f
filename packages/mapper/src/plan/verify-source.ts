import { systemCodeOf, type FileSystem } from '@modelkeep/io';
import { isInside } from '../app/safe-names.ts';
import type { LinkReason } from './link-reason.ts';

/** @internal */
export interface VerifySourceOptions {
  /** The model's folder. */
  readonly folder: string;
  /** What the link is to lead to. */
  readonly source: string;
  readonly leadsTo: 'file' | 'folder';
}

/** @internal Whether a source is a real file or folder of its model. A link in the model's folder could lead anywhere. */
export async function verifySource(fileSystem: FileSystem, options: VerifySourceOptions): Promise<LinkReason | null> {
  const { folder, source, leadsTo } = options;
  try {
    const { kind } = await fileSystem.lstat(source);
    const real = await fileSystem.realpath(source);
    if (kind === leadsTo && isInside(await fileSystem.realpath(folder), real)) return null;
    return { code: 'source-not-in-library', message: `${source} is no ${leadsTo} in the folder of its model` };
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
    return { code: 'source-missing', message: `${source} cannot be read now: is its drive connected?` };
  }
}
