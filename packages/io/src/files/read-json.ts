import { ModelkeepError } from '@modelkeep/core';
import { systemCodeOf } from '../errors/system-code-of.ts';
import type { FileSystem } from '../ports/file-system.ts';

/** What {@link readJson} reads. */
export interface ReadJsonOptions {
  readonly path: string;
  /** A larger file is refused unread. @default 16 MiB */
  readonly maxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

/**
 * Reads a JSON file. What it holds is the word of whoever wrote it: validate it before use.
 *
 * @throws `io.corrupt-json` when it is too large, not UTF-8 or not JSON, `io.not-found`, `io.permission`, `io.failed`
 */
export async function readJson(fileSystem: FileSystem, options: ReadJsonOptions): Promise<unknown> {
  const { path, maxBytes = DEFAULT_MAX_BYTES, signal } = options;
  try {
    const bytes = await fileSystem.readFile(path, { maxBytes, signal });
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (error) {
    const reason = corruption(error, maxBytes);
    if (reason === undefined) throw error;
    throw new ModelkeepError('io.corrupt-json', {
      message: `cannot read ${path}: ${reason}`,
      facts: { path, reason },
      hint: 'the file was cut short or changed by another program: restore it, or remove it where it can be made again',
      cause: error,
    });
  }
}

function corruption(error: unknown, maxBytes: number): string | undefined {
  if (error instanceof SyntaxError) return 'it is not JSON';
  const code = systemCodeOf(error);
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8';
  return code === 'EFBIG' ? `it is larger than ${maxBytes} bytes` : undefined;
}
