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
  /** Threads that only hash. */
  readonly hashers: number;
  /** What the file had when it was opened. */
  readonly sizeBytes: number;
  readonly resolutionBase: string | undefined;
}

/** @internal Main thread → worker: the side that reads, and writes. */
export interface FeedRingInput extends RingInput, CopyWork, GateInput {}

/** @internal Main thread → worker: a side that only hashes. */
export interface DrainRingInput extends RingInput {
  /** Which of them, from 0 on. */
  readonly hasher: number;
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
    feedRing: (input: FeedRingInput, context) => feedRing(tools, input, gated(context, input, input.ring.slotBytes)),
    drainRing: (input: DrainRingInput, context) => drainRing(tools, input, context),
    finishCopy: (input: FinishCopyInput) => finishCopy(tools, input),
    removeFile: ({ path }: PathInput) => translated(path, 'remove', () => bulk.unlink(path)),
  };
}

/** Reads the file into the ring, writes it where there is a copy, and computes this side's hashes. */
async function feedRing(tools: WorkerTools, input: FeedRingInput, context: TaskContext): Promise<HashFileOutput> {
  const { ring, from, to } = input;
  const hashers = hashersOf(tools, input, ({ feeder }) => feeder);
  const writer = createRingWriter(ring, input.hashers);
  const write = chunkWriter(tools, to);
  let ended = false;
  try {
    const before = translated(from.path, 'look at', () => tools.bulk.status(from.descriptor));
    if (before.sizeBytes !== input.sizeBytes) throw changed(from.path);
    await readToEnd(tools, {
      ...from,
      before,
      context,
      next: () => writer.next(),
      onChunk(bytes, position) {
        // First, so that the others have something to do.
        writer.publish(bytes.byteLength);
        hashers.update(bytes);
        write(bytes, position);
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

/** @returns its digests; null when another side has failed, which says why */
async function drainRing(
  tools: WorkerTools,
  input: DrainRingInput,
  context: TaskContext,
): Promise<Partial<Digests> | null> {
  const hashers = hashersOf(tools, input, (shared) => shared.hashers[input.hasher] ?? []);
  let ended = false;
  try {
    ended = await readRing(input.ring, {
      reader: input.hasher,
      onChunk: (bytes) => hashers.update(bytes),
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
  { algorithms, isCopy, sizeBytes, resolutionBase, hashers }: RingInput,
  own: (shared: SharedWork) => readonly HashAlgorithm[],
): HasherSet {
  const blake3 = tools.blake3(resolutionBase);
  const shared = shareWork({ algorithms, blake3: blake3.kind, isCopy, hashers });
  return createHasherSet({ algorithms: own(shared), blake3, sizeBytes });
}
