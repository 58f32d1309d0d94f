import { basename } from 'node:path';
import type { FileSystem } from '@modelkeep/io';
import { findAppRoot } from '../app/app-root.ts';

/** @internal */
export interface OtherViewOptions {
  /** The config file as it is, in which nothing is recorded as ours. */
  readonly text: string;
  readonly viewRoot: string;
}

/**
 * @internal The folder of links of another library that a config file leads to, and that is there; null for none. The folders that
 * libraries have for one installation have one name.
 */
export async function otherView(fileSystem: FileSystem, { text, viewRoot }: OtherViewOptions): Promise<string | null> {
  const name = basename(viewRoot);
  const at = text.indexOf(name);
  if (at === -1) return null;
  const line = text.slice(Math.max(text.lastIndexOf('\n', at), text.lastIndexOf(';', at)) + 1, at);
  const [above] = /(?:[A-Za-z]:)?[\\/].*$/u.exec(line) ?? [];
  if (above === undefined) return null;
  const found = await findAppRoot(fileSystem, `${above}${name}`);
  return found === null || found === viewRoot ? null : found;
}
