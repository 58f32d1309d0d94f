import type { Socket } from 'node:net';
import { MAX_MEMORY_BYTES, type DivertedReads, type ReadBuffers } from './read-buffers.ts';

/** What a slow one does with. */
const MIN_MEMORY_BYTES = 128 * 1024;
/** With less room than this a read would bring too little. */
const MIN_ROOM_BYTES = 64 * 1024;
/** How long bytes may wait for more. */
const GATHER_MS = 10;

/** A body on the straight way from its socket. */
export interface StraightBody {
  pause(): void;
  resume(): void;
  /** Gives out what was gathered, and takes nothing any more. */
  close(): void;
}

/** What {@link readStraight} reads. */
export interface StraightBodyOptions {
  /** Its next bytes are those of the body. */
  readonly socket: Socket;
  readonly readBuffers: ReadBuffers;
  /** Bytes that are still to come. */
  readonly missingBytes: number;
  /** A read brought something. */
  readonly onRead: (lengthBytes: number) => void;
  /** The next bytes, which the receiver gives back. */
  readonly onChunk: (chunk: Uint8Array) => void;
  /** The last chunk was given out. */
  readonly onEnd: () => void;
}

/**
 * Takes the rest of a body of known length from its socket, past the socket's stream and undici's parser: they would copy
 * every byte, and for 64 KiB at a time. Reads are gathered where they belong until they make a large chunk.
 */
export function readStraight(options: StraightBodyOptions): StraightBody {
  const { socket, readBuffers, onRead, onChunk, onEnd } = options;
  let { missingBytes } = options;
  let memory: SharedArrayBuffer | undefined;
  let memoryBytes = MIN_MEMORY_BYTES;
  let givenBytes = 0;
  let filledBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  let isPaused = false;
  let isOver = false;

  const give = (chunk: Uint8Array): void => {
    readBuffers.lend(chunk);
    onChunk(chunk);
  };
  const giveGathered = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (memory === undefined || filledBytes === givenBytes) return;
    const chunk = new Uint8Array(memory, givenBytes, filledBytes - givenBytes);
    givenBytes = filledBytes;
    give(chunk);
  };
  /** Its chunks are with their readers; it is free when they have given them back. */
  const leaveMemory = (): void => {
    if (memory !== undefined) readBuffers.complete(memory);
    memory = undefined;
    givenBytes = 0;
    filledBytes = 0;
  };
  const close = (): void => {
    if (isOver) return;
    isOver = true;
    diversion.end();
    giveGathered();
    leaveMemory();
  };
  /** Several large bodies share what one may gather; a power of two, since memory is kept by its size. */
  const mostBytes = (): number => MAX_MEMORY_BYTES / 2 ** Math.ceil(Math.log2(diversion.count));

  const reads: DivertedReads = {
    take(bytes) {
      if (isOver) return false;
      const chunk = bytes.byteLength > missingBytes ? bytes.subarray(0, missingBytes) : bytes;
      missingBytes -= chunk.byteLength;
      onRead(chunk.byteLength);
      if (bytes.buffer === memory) {
        filledBytes += chunk.byteLength;
        if (memory.byteLength - filledBytes < MIN_ROOM_BYTES) {
          if (givenBytes === 0) memoryBytes *= 2;
          giveGathered();
          leaveMemory();
        } else {
          timer ??= setTimeout(giveGathered, GATHER_MS);
        }
      } else {
        give(chunk);
      }
      if (missingBytes === 0) {
        close();
        onEnd();
      }
      return !isPaused && !isOver;
    },
    room() {
      if (isOver) return undefined;
      if (memory === undefined) {
        memoryBytes = Math.max(MIN_MEMORY_BYTES, Math.min(memoryBytes, mostBytes()));
        memory = readBuffers.takeMemory(memoryBytes);
      }
      return new Uint8Array(memory, filledBytes);
    },
  };
  const diversion = readBuffers.divert(socket, reads);

  return {
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      // A socket that reads into memory of ours begins to read again when somebody reads from it.
      if (!isOver) socket.read(0);
    },
    close,
  };
}
