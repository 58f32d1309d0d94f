import { ModelkeepError } from '@modelkeep/core';
import type { Tasks } from '@modelkeep/workers';
import type { HashAlgorithm } from '../hashing/hasher.ts';
import { createHasherSet, presentDigests, type HasherSet } from '../hashing/hasher-set.ts';
import type { ByteRange } from '../ranges/byte-ranges.ts';
import { readFully, translated, viewOf, type SharedBytes, type WorkerTools } from './worker-tools.ts';

/** @internal Main thread → worker: any call on a running hash. */
export interface HashInput {
  readonly hashId: number;
}

/** @internal Main thread → worker. */
export interface HashBeginInput extends HashInput {
  readonly algorithms: readonly HashAlgorithm[];
  /** What the bytes will be in the end; 0 when that is not known. */
  readonly sizeBytes: number;
  readonly resolutionBase: string | undefined;
}

/** @internal Main thread → worker: the next bytes. */
export interface HashBytesInput extends HashInput {
  readonly pieces: readonly SharedBytes[];
}

/** @internal Main thread → worker: the next bytes, in an open file. */
export interface HashRangeInput extends HashInput, ByteRange {
  readonly path: string;
  readonly descriptor: number;
}

/** @internal The tasks of hashes that run while a file is written, which are kept by number. */
export function createHashTasks(tools: WorkerTools): Tasks {
  const running = new Map<number, HasherSet>();
  let readBack: Buffer | undefined;
  const hashersOf = (hashId: number): HasherSet => {
    const hashers = running.get(hashId);
    if (hashers !== undefined) return hashers;
    throw new ModelkeepError('core.closed', {
      message: `the hash ${hashId} does not run`,
      facts: { resource: 'hash' },
    });
  };
  return {
    hashBegin: ({ hashId, algorithms, sizeBytes, resolutionBase }: HashBeginInput) => {
      running.set(hashId, createHasherSet({ algorithms, blake3: tools.blake3(resolutionBase), sizeBytes }));
    },
    hashBytes: ({ hashId, pieces }: HashBytesInput) => {
      for (const piece of pieces) hashersOf(hashId).update(viewOf(piece));
    },
    hashRange: ({ hashId, path, descriptor, startBytes, endBytes }: HashRangeInput) => {
      // One buffer for all of them: new memory for each piece would be there until the collector comes.
      if ((readBack?.byteLength ?? 0) < endBytes - startBytes) readBack = Buffer.allocUnsafeSlow(endBytes - startBytes);
      const bytes = (readBack ?? Buffer.alloc(0)).subarray(0, endBytes - startBytes);
      const count = translated(path, 'read back', () =>
        readFully(tools.bulk, descriptor, { bytes, position: startBytes }),
      );
      if (count < bytes.byteLength) throw cut(path, { expected: endBytes, found: startBytes + count });
      hashersOf(hashId).update(bytes);
    },
    hashEnd: ({ hashId }: HashInput): Partial<Record<HashAlgorithm, string>> => {
      const hashers = hashersOf(hashId);
      running.delete(hashId);
      return presentDigests(hashers.digests());
    },
    hashCancel: ({ hashId }: HashInput) => {
      running.get(hashId)?.dispose();
      running.delete(hashId);
    },
  };
}

function cut(path: string, { expected, found }: { expected: number; found: number }): ModelkeepError {
  return new ModelkeepError('io.failed', {
    message: `${path} has ${found} bytes where ${expected} were written`,
    facts: { path, systemCode: 'EIO', operation: 'check' },
    hint: 'another program writes to this file, or the drive loses data',
  });
}
