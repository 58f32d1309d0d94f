import type { TaskContext } from '@modelkeep/workers';
import { translateSystemError } from '../errors/translate-system-error.ts';
import type { Blake3 } from '../hashing/blake3.ts';
import type { BulkFileSystem, FileSlice } from '../ports/bulk-file-system.ts';

/** @internal What the bodies of the io tasks work with. */
export interface WorkerTools {
  readonly bulk: BulkFileSystem;
  /** Looked up once for each base. */
  readonly blake3: (resolutionBase: string | undefined) => Blake3;
}

/** @internal Bytes in memory that all threads see. */
export interface SharedBytes {
  readonly buffer: SharedArrayBuffer;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** @internal */
export function viewOf({ buffer, offsetBytes, lengthBytes }: SharedBytes): Uint8Array {
  return new Uint8Array(buffer, offsetBytes, lengthBytes);
}

/** @internal Bytes that are read at once: what the native BLAKE3 and the drives like best. */
export const CHUNK_BYTES: number = 4 * 1024 * 1024;

/** @internal A context whose task can be held between two chunks. */
export interface GatedContext extends TaskContext {
  /** Waits while others go first. */
  readonly giveWay: () => Promise<void>;
}

/**
 * @internal Lets the other calls of this thread have a turn between two chunks, and stops when the caller has given up.
 */
export async function nextTurn(context: TaskContext): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if ('giveWay' in context) await (context as GatedContext).giveWay();
  if (context.isCancelled() || context.signal.aborted) throw new Error('cancelled');
}

/**
 * Bytes of one write. For a larger one Linux takes whole large pages, and on a virtual machine those are the ones that the
 * host has to give back first: on ext4, 1 MiB at a time took ten times as long as this.
 */
const MAX_WRITE_BYTES = 256 * 1024;

/** @internal Writes all of the slice, however little the system takes at once. */
export function writeFully(bulk: BulkFileSystem, descriptor: number, { bytes, position }: FileSlice): void {
  let written = 0;
  while (written < bytes.byteLength) {
    const piece = bytes.subarray(written, written + MAX_WRITE_BYTES);
    const count = bulk.write(descriptor, { bytes: piece, position: position + written });
    if (count === 0) throw Object.assign(new Error('the system wrote no byte'), { code: 'EIO' });
    written += count;
  }
}

/** @internal Fills the slice, less only at the file's end. @returns bytes read */
export function readFully(bulk: BulkFileSystem, descriptor: number, { bytes, position }: FileSlice): number {
  let total = 0;
  while (total < bytes.byteLength) {
    const count = bulk.read(descriptor, { bytes: bytes.subarray(total), position: position + total });
    if (count === 0) break;
    total += count;
  }
  return total;
}

/** @internal Runs blocking calls on one path; what they throw becomes an `io.*` error. */
export function translated<T>(path: string, operation: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw translateSystemError(error, { path, operation });
  }
}
