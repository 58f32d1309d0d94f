import type { TaskContext } from '@modelkeep/workers';
import { createHasherSet } from '../hashing/hasher-set.ts';
import type { Digests, HashAlgorithm } from '../hashing/hasher.ts';
import type { GateInput } from './give-way.ts';
import { readToEnd } from './read-to-end.ts';
import { CHUNK_BYTES, translated, type WorkerTools } from './worker-tools.ts';

/** @internal Main thread → worker. */
export interface HashFileInput extends GateInput {
  readonly path: string;
  readonly algorithms: readonly HashAlgorithm[];
  readonly resolutionBase: string | undefined;
  /** Larger files are left to two threads; null: none is too large. */
  readonly maxBytes: number | null;
}

/** @internal Worker → main thread. */
export interface HashFileOutput {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly digests: Partial<Digests>;
}

/** @internal Where bytes that were read go, besides the hashes. */
export type ChunkConsumer = (bytes: Uint8Array, position: number) => void;

/** @internal Hashes a file through one descriptor. @returns null for one that is too large */
export async function hashFile(
  tools: WorkerTools,
  input: HashFileInput,
  context: TaskContext,
): Promise<HashFileOutput | null> {
  const { path, maxBytes } = input;
  const descriptor = translated(path, 'open', () => tools.bulk.open(path, { mode: 'read' }));
  try {
    if (maxBytes !== null && tools.bulk.status(descriptor).sizeBytes > maxBytes) return null;
    return await hashDescriptor(tools, { ...input, descriptor, context });
  } finally {
    tools.bulk.close(descriptor);
  }
}

/** @internal What {@link hashDescriptor} reads. */
export interface HashDescriptorOptions extends Omit<HashFileInput, 'maxBytes'> {
  readonly descriptor: number;
  readonly context: TaskContext;
  readonly onChunk?: ChunkConsumer | undefined;
}

/** @internal Reads an open file from its start to its end; refuses one that is written meanwhile. */
export async function hashDescriptor(tools: WorkerTools, options: HashDescriptorOptions): Promise<HashFileOutput> {
  const { path, descriptor, onChunk } = options;
  const before = translated(path, 'look at', () => tools.bulk.status(descriptor));
  const { sizeBytes } = before;
  const hashers = createHasherSet({
    algorithms: options.algorithms,
    blake3: tools.blake3(options.resolutionBase),
    sizeBytes,
  });
  let ended = false;
  try {
    const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, sizeBytes + 1));
    await readToEnd(tools, {
      ...options,
      before,
      next: () => buffer,
      onChunk: (bytes, position) => {
        hashers.update(bytes);
        onChunk?.(bytes, position);
      },
    });
    ended = true;
    return { sizeBytes, mtimeMs: Number(before.mtimeNs) / 1e6, digests: hashers.digests() };
  } finally {
    if (!ended) hashers.dispose();
  }
}
