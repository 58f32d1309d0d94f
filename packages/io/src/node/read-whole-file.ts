import { constants, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { ModelkeepError } from '@modelkeep/core';
import { translateSystemError } from '../errors/translate-system-error.ts';
import type { ReadFileOptions } from '../ports/file-system.ts';
import { withDescriptors } from './with-descriptors.ts';

const CHUNK_BYTES = 1 << 20;

/** A named pipe without a writer would hold the call for ever. Windows has no such flag: there it is undefined, hence 0. */
const READ_WITHOUT_WAITING = constants.O_RDONLY | constants.O_NONBLOCK;

/** @internal Reads a regular file of bounded size through one descriptor. */
export async function readWholeFile(path: string, { maxBytes, signal }: ReadFileOptions): Promise<Uint8Array> {
  signal?.throwIfAborted();
  try {
    const handle = await withDescriptors(() => open(path, READ_WITHOUT_WAITING), signal);
    try {
      const status = await handle.stat();
      if (!status.isFile()) throw notRegular(path, status);
      const { size } = status;
      if (size > maxBytes) throw tooLarge(path, maxBytes);
      const chunks: Uint8Array[] = [];
      let total = 0;
      for (;;) {
        signal?.throwIfAborted();
        const wantedBytes = Math.min(CHUNK_BYTES, Math.max(size - total, 0) + 1);
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(wantedBytes), 0, wantedBytes, total);
        if (bytesRead === 0) return Buffer.concat(chunks, total);
        total += bytesRead;
        if (total > maxBytes) throw tooLarge(path, maxBytes);
        chunks.push(buffer.subarray(0, bytesRead));
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (signal?.aborted === true && error === signal.reason) throw error;
    throw translateSystemError(error, { path, operation: 'read' });
  }
}

function notRegular(path: string, status: Stats): ModelkeepError {
  const isFolder = status.isDirectory();
  return new ModelkeepError('io.failed', {
    message: `cannot read ${path}: it is ${isFolder ? 'a folder' : 'a pipe or a device'}, not a regular file`,
    facts: { path, systemCode: isFolder ? 'EISDIR' : 'EINVAL', operation: 'read' },
    hint: 'name a regular file',
  });
}

function tooLarge(path: string, maxBytes: number): ModelkeepError {
  return new ModelkeepError('io.failed', {
    message: `cannot read ${path}: it is larger than ${maxBytes} bytes`,
    facts: { path, systemCode: 'EFBIG', operation: 'read' },
    hint: 'this is not the file that is expected here',
  });
}
