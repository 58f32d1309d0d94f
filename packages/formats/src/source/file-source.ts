import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { ModelkeepError, type ByteSource } from '@modelkeep/core';
import { translated } from './translated.ts';

/** A file that is open for reading. */
export interface FileSource extends ByteSource, Disposable {
  close(): void;
}

/** A pipe that nobody writes to would keep who opens it waiting for ever. Windows has no such mark, and no such pipes. */
const WITHOUT_WAITING = constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK);

/**
 * A file as a source, read with synchronous calls: for worker threads.
 *
 * @throws `io.not-found`, `io.permission`, `io.failed`
 */
export function openFileSource(path: string): FileSource {
  const descriptor = translated(path, 'open', () => openSync(path, WITHOUT_WAITING));
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    closeSync(descriptor);
  };
  try {
    const stat = translated(path, 'stat', () => fstatSync(descriptor));
    if (!stat.isFile()) throw notAFile(path);
    return {
      sizeBytes: stat.size,
      async read(offset, length, signal) {
        signal?.throwIfAborted();
        const bytes = new Uint8Array(Math.max(0, Math.min(length, stat.size - offset)));
        let filled = 0;
        while (filled < bytes.length) {
          const count = translated(path, 'read', () =>
            readSync(descriptor, bytes, filled, bytes.length - filled, offset + filled),
          );
          if (count === 0) break;
          filled += count;
        }
        return bytes.subarray(0, filled);
      },
      close,
      [Symbol.dispose]: close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function notAFile(path: string): ModelkeepError {
  return new ModelkeepError('io.failed', {
    message: `${path} is no regular file`,
    facts: { path, systemCode: 'EISDIR', operation: 'read' },
    hint: 'name the model file itself',
  });
}
