import { ModelkeepError } from '@modelkeep/core';
import type { TaskContext } from '@modelkeep/workers';
import type { HashAlgorithm } from '../hashing/hasher.ts';
import { createHasherSet } from '../hashing/hasher-set.ts';
import type { OpenFileStatus } from '../ports/bulk-file-system.ts';
import { CHUNK_BYTES, nextTurn, readFully, translated, type WorkerTools } from './worker-tools.ts';

/** @internal Main thread → worker. */
export interface HashFileInput {
  readonly path: string;
  readonly algorithms: readonly HashAlgorithm[];
  readonly resolutionBase: string | undefined;
}

/** @internal Worker → main thread. */
export interface HashFileOutput {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly digests: Partial<Record<HashAlgorithm, string>>;
}

/** @internal Where bytes that were read go, besides the hashes. */
export type ChunkConsumer = (bytes: Uint8Array, position: number) => void;

/** @internal Hashes a file through one descriptor. */
export async function hashFile(
  tools: WorkerTools,
  input: HashFileInput,
  context: TaskContext,
): Promise<HashFileOutput> {
  const { path } = input;
  const descriptor = translated(path, 'open', () => tools.bulk.open(path, { mode: 'read' }));
  try {
    return await hashDescriptor(tools, { ...input, descriptor, context });
  } finally {
    tools.bulk.close(descriptor);
  }
}

/** @internal What {@link hashDescriptor} reads. */
export interface HashDescriptorOptions extends HashFileInput {
  readonly descriptor: number;
  readonly context: TaskContext;
  readonly onChunk?: ChunkConsumer;
}

/** @internal Reads an open file from its start to its end; refuses one that is written meanwhile. */
export async function hashDescriptor(tools: WorkerTools, options: HashDescriptorOptions): Promise<HashFileOutput> {
  const { path, descriptor, context, onChunk } = options;
  const { bulk } = tools;
  const before = translated(path, 'look at', () => bulk.status(descriptor));
  const { sizeBytes } = before;
  const hashers = createHasherSet({
    algorithms: options.algorithms,
    blake3: tools.blake3(options.resolutionBase),
    sizeBytes,
  });
  let ended = false;
  try {
    const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, sizeBytes + 1));
    let position = 0;
    for (;;) {
      const count = translated(path, 'read', () => readFully(bulk, descriptor, { bytes: buffer, position }));
      if (position + count > sizeBytes) throw changed(path);
      const bytes = buffer.subarray(0, count);
      hashers.update(bytes);
      onChunk?.(bytes, position);
      position += count;
      if (count < buffer.byteLength) break;
      context.report(position);
      await nextTurn(context);
    }
    if (position !== sizeBytes || !isSame(before, bulk.status(descriptor))) throw changed(path);
    ended = true;
    return { sizeBytes, mtimeMs: Number(before.mtimeNs) / 1e6, digests: hashers.digests() };
  } finally {
    if (!ended) hashers.dispose();
  }
}

function isSame(before: OpenFileStatus, after: OpenFileStatus): boolean {
  return (
    before.inode === after.inode &&
    before.device === after.device &&
    before.sizeBytes === after.sizeBytes &&
    before.mtimeNs === after.mtimeNs
  );
}

function changed(path: string): ModelkeepError {
  return new ModelkeepError('io.changed-while-read', {
    message: `${path} was changed while it was read`,
    facts: { path },
    hint: 'wait until the program that writes it has finished, and run it again',
  });
}
