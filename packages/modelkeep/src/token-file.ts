import { closeSync, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** No token is as long; what is longer is some other file. */
const MAX_BYTES = 16_384;

/**
 * Where the official client keeps the token of who logged in: `HF_TOKEN_PATH`, else `token` in `HF_HOME`, else in
 * `huggingface` in `XDG_CACHE_HOME` or `~/.cache`. `~` and variables within are expanded as it does.
 *
 * @returns undefined where the environment names no home
 */
export function tokenFilePath(environment: Environment): string | undefined {
  const named = (name: string): string | undefined => expanded(environment[name]?.trim() ?? '', environment);
  const home = homeOf(environment);
  const cache = named('XDG_CACHE_HOME') ?? (home === undefined ? undefined : join(home, '.cache'));
  const own = named('HF_HOME') ?? (cache === undefined ? undefined : join(cache, 'huggingface'));
  return named('HF_TOKEN_PATH') ?? (own === undefined ? undefined : join(own, 'token'));
}

/**
 * Reads the token from a file whenever it is asked for and the file is not the one that was read before, so that logging
 * in and out counts at once. A file that is missing, cannot be read, is too large or no file is as good as none.
 */
export function createTokenReader(path: string): () => string | undefined {
  let known: { readonly version: string; readonly token: string | undefined } | undefined;
  return () =>
    whereThere(() => {
      const stats = statSync(path);
      const version = [stats.ino, stats.size, stats.mtimeMs].join(' ');
      // Opening a pipe would wait for its writer.
      if (known?.version !== version) known = { version, token: isUsable(stats) ? readToken(path) : undefined };
      return known.token;
    });
}

function readToken(path: string): string | undefined {
  return whereThere(() => {
    const file = openSync(path, 'r');
    try {
      if (!isUsable(fstatSync(file))) return undefined;
      const bytes = Buffer.alloc(MAX_BYTES);
      const text = bytes.toString('utf8', 0, readSync(file, bytes, 0, MAX_BYTES, 0));
      const token = text.replaceAll(/[\r\n]/g, '').trim();
      return token === '' ? undefined : token;
    } finally {
      closeSync(file);
    }
  });
}

function isUsable(stats: Stats): boolean {
  return stats.isFile() && stats.size <= MAX_BYTES;
}

function whereThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return undefined;
    throw error;
  }
}

function homeOf(environment: Environment): string | undefined {
  const home = environment['HOME'] ?? environment['USERPROFILE'];
  return home === '' ? undefined : home;
}

function expanded(path: string, environment: Environment): string | undefined {
  if (path === '') return undefined;
  const home = homeOf(environment);
  const absolute = home !== undefined && /^~(?=$|[/\\])/.test(path) ? `${home}${path.slice(1)}` : path;
  return absolute.replaceAll(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (text, braced?: string, plain?: string) => environment[braced ?? plain ?? ''] ?? text,
  );
}
