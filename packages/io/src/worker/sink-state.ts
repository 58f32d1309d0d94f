import { ModelkeepError } from '@modelkeep/core';
import type { HashAlgorithm } from '../hashing/hasher.ts';
import { createHasherSet, type HasherSet } from '../hashing/hasher-set.ts';
import { translated, type WorkerTools } from './worker-tools.ts';

/** @internal Main thread → worker. */
export interface OpenSinkInput {
  readonly sinkId: number;
  readonly path: string;
  /** Null: a new file. Else an existing one that is cut to this length and continued. */
  readonly resumeAtBytes: number | null;
  /** The file that must be found; null: any. */
  readonly inode: string | null;
  readonly algorithms: readonly HashAlgorithm[];
  /** What the file will have in the end; null when that is not known. */
  readonly expectedSizeBytes: number | null;
  readonly permissions: number;
  /** Memory that both threads see: the bytes come through it. */
  readonly slots: readonly SharedArrayBuffer[];
  readonly resolutionBase: string | undefined;
}

/** @internal Worker → main thread. */
export interface OpenSinkOutput {
  readonly device: string;
  readonly inode: string;
}

/** @internal A file that is being written. */
export interface SinkState {
  readonly path: string;
  readonly descriptor: number;
  readonly slots: readonly Uint8Array[];
  readonly hashers: HasherSet;
  readonly expectedSizeBytes: number | null;
  readonly algorithms: readonly HashAlgorithm[];
  /** Bytes in the file. */
  writtenBytes: number;
  /** Bytes that the hashes have seen: fewer while the prefix of a resumed file is read back. */
  hashedBytes: number;
  /** What went wrong; nothing works after it. */
  failure: unknown;
  closed: boolean;
}

/** @internal Opens or creates the file. */
export function openSinkState(tools: WorkerTools, input: OpenSinkInput): { state: SinkState; opened: OpenSinkOutput } {
  const { bulk } = tools;
  const { path, resumeAtBytes, permissions, algorithms, expectedSizeBytes } = input;
  const mode = resumeAtBytes === null ? 'create' : 'update';
  const descriptor = translated(path, mode === 'create' ? 'create' : 'open', () =>
    bulk.open(path, { mode, permissions }),
  );
  try {
    const { sizeBytes, device, inode } = bulk.status(descriptor);
    const writtenBytes = resumeAtBytes ?? 0;
    if (input.inode !== null && input.inode !== String(inode)) throw replaced(path);
    if (sizeBytes < writtenBytes) throw tooShort(path, { found: sizeBytes, wanted: writtenBytes });
    if (sizeBytes > writtenBytes) translated(path, 'truncate', () => bulk.truncate(descriptor, writtenBytes));
    const blake3 = tools.blake3(input.resolutionBase);
    const state: SinkState = {
      path,
      descriptor,
      slots: input.slots.map((slot) => new Uint8Array(slot)),
      hashers: createHasherSet({ algorithms, blake3, sizeBytes: expectedSizeBytes ?? 0 }),
      expectedSizeBytes,
      algorithms,
      writtenBytes,
      hashedBytes: 0,
      failure: undefined,
      closed: false,
    };
    return { state, opened: { device: String(device), inode: String(inode) } };
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
