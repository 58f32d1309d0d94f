import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { translateSystemError } from '../errors/translate-system-error.ts';
import type { AppendFile, WriteFileOptions } from '../ports/file-system.ts';
import { guarded } from './guarded.ts';

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
const NEW_APPEND = NEW_FILE | constants.O_APPEND;

async function writeAll(handle: FileHandle, data: Uint8Array | string): Promise<void> {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  let written = 0;
  while (written < bytes.byteLength) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.byteLength - written);
    if (bytesWritten === 0) throw Object.assign(new Error('the system wrote no byte'), { code: 'EIO' });
    written += bytesWritten;
  }
}

/** @internal Creates, writes, fsyncs and closes. A file that could not be written whole stays: its maker removes it. */
export async function writeNewFile(path: string, { data, mode = 0o644, signal }: WriteFileOptions): Promise<void> {
  signal?.throwIfAborted();
  await guarded({ path, operation: 'write' }, async () => {
    const handle = await open(path, NEW_FILE, mode);
    try {
      await writeAll(handle, data);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/** @internal Creates a file for durable appends. After a failure no more is accepted: the end is unknown. */
export async function createAppendFile(path: string): Promise<AppendFile> {
  const handle = await guarded({ path, operation: 'create' }, () => open(path, NEW_APPEND, 0o644));
  let failure: Error | undefined;
  return {
    async append(data) {
      if (failure !== undefined) throw failure;
      try {
        await writeAll(handle, data);
        await handle.datasync();
      } catch (error) {
        failure = translateSystemError(error, { path, operation: 'append to' });
        throw failure;
      }
    },
    close: () => guarded({ path, operation: 'close' }, () => handle.close()),
  };
}
