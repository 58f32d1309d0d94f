import type { TaskContext, Tasks } from '@modelkeep/workers';
import { createHasherSet, type HasherSet } from '../hashing/hasher-set.ts';
import type { Digests, HashAlgorithm } from '../hashing/hasher.ts';
import { stopRing, type ChunkRing } from '../parallel/chunk-ring.ts';
import { readRing } from '../parallel/read-ring.ts';
import { createRingWriter } from '../parallel/ring-writer.ts';
import { shareWork, type SharedWork } from '../parallel/share-work.ts';
import { gated, type GateInput } from './give-way.ts';
import type { HashFileOutput } from './hash-file.ts';
import {
  chunkWriter,
  finishCopy,
  openCopy,
  openSource,
  type CopyWork,
  type FinishCopyInput,
  type OpenCopyInput,
} from './open-copy.ts';
import { changed, readToEnd } from './read-to-end.ts';
import { nextTurn, translated, type WorkerTools } from './worker-tools.ts';

/** @internal Main thread → worker: a file that several threads hash. */
export interface RingInput {
  readonly ring: ChunkRing;
  /** Of all threads: each finds out by itself which ones are its own. */
  readonly algorithms: readonly HashAlgorithm[];
  readonly isCopy: boolean;
  /** Threads that take the bytes of the one that reads. */
  readonly drainers: number;
  /** What the file had when it was opened. */
  readonly sizeBytes: number;
  readonly resolutionBase: string | undefined;
}

/** @internal Main thread → worker: the side that reads. */
export interface FeedRingInput extends RingInput, Pick<CopyWork, 'from'>, GateInput {}

/** @internal Main thread → worker: a side that takes what is read. */
export interface DrainRingInput extends RingInput, Pick<CopyWork, 'to'> {
  /** Which of them, from 0 on. */
  readonly drainer: number;
}

/** @internal Main thread → worker. */
export interface PathInput {
  readonly path: string;
}

/** @internal The tasks of files that several threads work on. They keep no state. */
export function createRingTasks(tools: WorkerTools): Tasks {
  const { bulk } = tools;
  return {
    openSource: ({ path }: PathInput) => openSource(tools, path),
    openCopy: (input: OpenCopyInput) => openCopy(tools, input),
    feedRing: (input: FeedRingInput, context) => feedRing(tools, input, gated(context, input)),
    drainRing: (input: DrainRingInput, context) => drainRing(tools, input, context),
    finishCopy: (input: FinishCopyInput) => finishCopy(tools, input),
    removeFile: ({ path }: PathInput) => translated(path, 'remove', () => bulk.unlink(path)),
  };
}

/** Reads the file into the ring, and computes this side's hashes. */
async function feedRing(tools: WorkerTools, input: FeedRingInput, context: TaskContext): Promise<HashFileOutput> {
  const { ring, from } = input;
  const hashers = hashersOf(tools, input, ({ feeder }) => feeder);
  const writer = createRingWriter(ring, input.drainers);
  let ended = false;
  try {
    const before = translated(from.path, 'look at', () => tools.bulk.status(from.descriptor));
    if (before.sizeBytes !== input.sizeBytes) throw changed(from.path);
    await readToEnd(tools, {
      ...from,
      before,
      context,
      next: () => writer.next(),
      onChunk(bytes) {
        // First, so that the others have something to do.
        writer.publish(bytes.byteLength);
        hashers.update(bytes);
      },
    });
    writer.end();
    ended = true;
    return { sizeBytes: before.sizeBytes, mtimeMs: Number(before.mtimeNs) / 1e6, digests: hashers.digests() };
  } finally {
    if (!ended) {
      stopRing(ring);
      hashers.dispose();
    }
  }
}

/** Writes what was read where this side has a copy. @returns its digests; null when another side has failed, which says why */
async function drainRing(
  tools: WorkerTools,
  input: DrainRingInput,
  context: TaskContext,
): Promise<Partial<Digests> | null> {
  const hashers = hashersOf(tools, input, (shared) => shared.drainers[input.drainer] ?? []);
  const write = chunkWriter(tools, input.to);
  let position = 0;
  let ended = false;
  try {
    ended = await readRing(input.ring, {
      reader: input.drainer,
      onChunk(bytes) {
        write(bytes, position);
        hashers.update(bytes);
        position += bytes.byteLength;
      },
      between: () => nextTurn(context),
    });
    return ended ? hashers.digests() : null;
  } finally {
    if (!ended) {
      stopRing(input.ring);
      hashers.dispose();
    }
  }
}

function hashersOf(
  tools: WorkerTools,
  { algorithms, isCopy, sizeBytes, resolutionBase, drainers }: RingInput,
  own: (shared: SharedWork) => readonly HashAlgorithm[],
): HasherSet {
  const blake3 = tools.blake3(resolutionBase);
  const shared = shareWork({ algorithms, blake3: blake3.kind, isCopy, drainers });
  return createHasherSet({ algorithms: own(shared), blake3, sizeBytes });
}
