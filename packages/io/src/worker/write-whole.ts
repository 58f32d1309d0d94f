import type { HashAlgorithm } from '../hashing/hasher.ts';
import { createHasherSet, presentDigests } from '../hashing/hasher-set.ts';
import { removedOnFailure } from './removed-on-failure.ts';
import { translated, writeFully, type WorkerTools } from './worker-tools.ts';

/** @internal Main thread → worker. */
export interface WriteWholeInput {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly algorithms: readonly HashAlgorithm[];
  readonly permissions: number;
  readonly resolutionBase: string | undefined;
}

/** @internal Worker → main thread. */
export interface WriteWholeOutput {
  readonly device: string;
  readonly inode: string;
  readonly sizeBytes: number;
  readonly digests: Partial<Record<HashAlgorithm, string>>;
}

/** @internal Makes a new, durable file of bytes that are all there. */
export async function writeWhole(tools: WorkerTools, input: WriteWholeInput): Promise<WriteWholeOutput> {
  const { bulk } = tools;
  const { path, bytes, algorithms, permissions } = input;
  const descriptor = translated(path, 'create', () => bulk.open(path, { mode: 'create', permissions }));
  return removedOnFailure(tools, path, async () => {
    try {
      translated(path, 'write', () => writeFully(bulk, descriptor, { bytes, position: 0 }));
      translated(path, 'fsync', () => bulk.fsync(descriptor));
      const { sizeBytes, device, inode } = bulk.status(descriptor);
      const blake3 = tools.blake3(input.resolutionBase);
      const hashers = createHasherSet({ algorithms, blake3, sizeBytes: bytes.byteLength });
      hashers.update(bytes);
      return { device: String(device), inode: String(inode), sizeBytes, digests: presentDigests(hashers.digests()) };
    } finally {
      bulk.close(descriptor);
    }
  });
}
