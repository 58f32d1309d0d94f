import { join } from 'node:path';
import type { FileSystem } from '@modelkeep/io';
import type { LibraryStore } from '@modelkeep/library';
import type { HttpCacheOptions } from '@modelkeep/network';
import { createDiskCacheStore } from '../cache/disk-cache-store.ts';

interface Origins {
  readonly hub?: { readonly endpoint?: string | undefined } | undefined;
  readonly civitai?: { readonly endpoint?: string | undefined } | undefined;
  readonly privateOrigins?: readonly string[] | 'all' | undefined;
}

/** @internal API answers are kept in the library, but where nothing may be written. */
export function answerCache(store: LibraryStore, fileSystem: FileSystem): HttpCacheOptions {
  if (store.mode === 'read') return {};
  return { store: createDiskCacheStore({ fileSystem, folder: join(store.layout.private, 'http-cache') }) };
}

/** @internal An endpoint that somebody has set is meant, wherever it is; the public hub needs no grant. */
export function grantedOrigins({ hub, civitai, privateOrigins = [] }: Origins): readonly string[] | 'all' {
  if (privateOrigins === 'all') return privateOrigins;
  return [hub?.endpoint ?? [], civitai?.endpoint ?? [], privateOrigins].flat();
}
