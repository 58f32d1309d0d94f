import { ModelkeepError } from '@modelkeep/core';
import type { Tasks } from '@modelkeep/workers';
import { createByteRanges, type ByteRange } from '../ranges/byte-ranges.ts';
import { readFully, translated, viewOf, writeFully, type SharedBytes, type WorkerTools } from './worker-tools.ts';

/** @internal Main thread → worker. */
export interface OpenFileInput {
  readonly path: string;
  /** Null: a new file. Else an existing one that has these bytes, and is cut behind the last of them. */
  readonly resume: readonly ByteRange[] | null;
  /** The file that must be found; null: any. */
  readonly inode: string | null;
  readonly permissions: number;
}

/** @internal A file that is open in this process: any of its threads may work with it. */
export interface OpenFile {
  readonly descriptor: number;
  readonly device: string;
  readonly inode: string;
}

/** @internal Main thread → worker: an open file. */
export interface DescriptorInput {
  readonly path: string;
  readonly descriptor: number;
}

/** @internal Main thread → worker: bytes that follow each other, and where they belong. */
export interface WriteInput extends DescriptorInput {
  readonly pieces: readonly SharedBytes[];
  readonly positionBytes: number;
}

/** @internal A file that is read in pieces. */
export interface OpenedToRead {
  readonly descriptor: number;
  readonly sizeBytes: number;
}

/** @internal Main thread → worker: a piece of an open file. */
export interface ReadPieceInput extends DescriptorInput {
  readonly startBytes: number;
  readonly endBytes: number;
}

/** @internal The tasks on open files. They keep no state: one file may be written by several threads. */
export function createOpenFileTasks(tools: WorkerTools): Tasks {
  const { bulk } = tools;
  return {
    openFile: (input: OpenFileInput): OpenFile => openFile(tools, input),
    openToRead: ({ path }: { readonly path: string }): OpenedToRead => {
      const descriptor = translated(path, 'open', () => bulk.open(path, { mode: 'read' }));
      return { descriptor, sizeBytes: bulk.status(descriptor).sizeBytes };
    },
    /** Fewer bytes only at the file's end. */
    readPiece: ({ path, descriptor, startBytes, endBytes }: ReadPieceInput): Uint8Array => {
      const bytes = new Uint8Array(endBytes - startBytes);
      return bytes.subarray(
        0,
        translated(path, 'read', () => readFully(bulk, descriptor, { bytes, position: startBytes })),
      );
    },
    writeFile: ({ path, descriptor, pieces, positionBytes }: WriteInput) => {
      let position = positionBytes;
      for (const piece of pieces) {
        const bytes = viewOf(piece);
        translated(path, 'write', () => writeFully(bulk, descriptor, { bytes, position }));
        position += bytes.byteLength;
      }
    },
    syncFile: ({ path, descriptor }: DescriptorInput) => {
      translated(path, 'fdatasync', () => bulk.fdatasync(descriptor));
    },
    fileSize: ({ path, descriptor }: DescriptorInput): number =>
      translated(path, 'check', () => bulk.status(descriptor).sizeBytes),
    closeFile: ({ path, descriptor }: DescriptorInput) => {
      translated(path, 'close', () => bulk.close(descriptor));
    },
  };
}

function openFile({ bulk }: WorkerTools, { path, resume, inode, permissions }: OpenFileInput): OpenFile {
  const mode = resume === null ? 'create' : 'update';
  const descriptor = translated(path, mode === 'create' ? 'create' : 'open', () =>
    bulk.open(path, { mode, permissions }),
  );
  try {
    const found = bulk.status(descriptor);
    const { endBytes } = createByteRanges(resume ?? []);
    if (inode !== null && inode !== String(found.inode)) throw replaced(path);
    if (found.sizeBytes < endBytes) throw tooShort(path, { found: found.sizeBytes, wanted: endBytes });
    if (found.sizeBytes > endBytes) translated(path, 'truncate', () => bulk.truncate(descriptor, endBytes));
    return { descriptor, device: String(found.device), inode: String(found.inode) };
  } catch (error) {
    bulk.close(descriptor);
    throw error;
  }
}

function tooShort(path: string, { found, wanted }: { found: number; wanted: number }): ModelkeepError {
  return new ModelkeepError('io.failed', {
    message: `cannot continue ${path} at byte ${wanted}: it has only ${found}`,
    facts: { path, systemCode: 'ESTALE', operation: 'continue' },
    hint: 'the file was cut by another program, or its last bytes were lost in a crash: start it anew',
  });
}

function replaced(path: string): ModelkeepError {
  return new ModelkeepError('io.failed', {
    message: `cannot continue ${path}: another file has this name now`,
    facts: { path, systemCode: 'ESTALE', operation: 'continue' },
    hint: 'another program replaced the file: run the operation again',
  });
}
