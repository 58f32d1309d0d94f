import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isModelkeepError, type Logger } from '@modelkeep/core';
import { openFileIdentifier, openLibrary, type FileIdentifier, type Library } from 'modelkeep';
import type { CommonOptions } from './session.ts';

/** @internal `create`: makes the library where there is none. `read`: works on a read-only drive as well. */
export type LibraryAccess = 'create' | 'write' | 'read';

/** @internal What the command line says of the library and the hub. */
export interface LibraryOptions extends CommonOptions {
  readonly endpoint?: string;
  readonly token?: string;
  /** Bytes a second. */
  readonly limitRate?: number;
  readonly connections?: number;
  /** Addresses that a person has typed: their origins may be asked wherever they are. */
  readonly typedUrls?: readonly string[];
}

/** What a read-only mount, another user's library, a full drive, and a library that a newer version works on answer. */
const CANNOT_WRITE = new Set<string>([
  'io.read-only',
  'io.permission',
  'io.disk-full',
  'sqlite.failed',
  'core.format-newer',
  'sqlite.schema-newer',
]);

/** @internal Opens the library that the command line means, as the command needs it. */
export async function openFor(access: LibraryAccess, options: LibraryOptions, logger: Logger): Promise<Library> {
  const { root, endpoint, token, limitRate, connections, typedUrls } = options;
  const privateOrigins = originsOf(typedUrls);
  const downloads = { maxBytesPerSecond: limitRate, connections };
  const settings = { root, hub: { endpoint, token }, downloads, privateOrigins, create: access === 'create', logger };
  try {
    // Also a command that only reads opens for writing: that finishes what a process that died had committed.
    return await openLibrary({ ...settings, mode: 'write' });
  } catch (error) {
    if (access !== 'read' || !isModelkeepError(error) || !CANNOT_WRITE.has(error.code)) throw error;
    return openLibrary({ ...settings, mode: 'read' });
  }
}

/** @internal What looks at files: a library, or nothing but what knows formats where none was named and none is there. */
export async function openToIdentify(
  options: LibraryOptions,
  logger: Logger,
): Promise<Pick<FileIdentifier, 'identify' | 'close'>> {
  const { root, endpoint, token, typedUrls } = options;
  const usual = process.env['MODELKEEP_ROOT']?.trim() ?? '';
  const isThere = usual !== '' && existsSync(join(usual, 'modelkeep.json'));
  if (root !== undefined || isThere) return openFor('read', options, logger);
  return openFileIdentifier({ hub: { endpoint, token }, privateOrigins: originsOf(typedUrls), logger });
}

/** Whoever types an address means it. */
function originsOf(urls: readonly string[] = []): readonly string[] {
  return urls.flatMap((url) => (URL.canParse(url) ? [new URL(url)] : [])).flatMap(originOf);
}

function originOf({ protocol, origin }: URL): string[] {
  return protocol === 'http:' || protocol === 'https:' ? [origin] : [];
}
