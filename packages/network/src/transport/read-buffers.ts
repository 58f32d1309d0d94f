import type { Socket } from 'node:net';

/** Large enough that reading costs little, small enough for many connections. */
const BUFFER_BYTES = 64 * 1024;

/** What threads get at once of a fast connection: the fewer pieces, the less they cost. */
export const MAX_MEMORY_BYTES: number = 1024 * 1024;

/** A slow network brings little at a time: copied, it does not keep a whole buffer busy until somebody reads it. */
const SMALL_READ_BYTES = 8_192;

/** Where a socket puts what it reads: its option `onread`. */
export interface OnRead {
  buffer(): Uint8Array;
  callback(this: unknown, lengthBytes: number, buffer: Uint8Array): boolean;
}

/** Takes what a socket reads, in place of its stream. */
export interface DivertedReads {
  /** @returns whether the socket may read on */
  take(bytes: Uint8Array): boolean;
  /** Where the next bytes belong; undefined: anywhere. */
  room(): Uint8Array | undefined;
}

/** What a socket reads goes past its stream. */
export interface Diversion {
  /** Sockets whose reads are diverted at present, with this one. */
  readonly count: number;
  /** It takes nothing any more. */
  end(): void;
}

/**
 * Memory that sockets read into, again and again: at a gigabyte a second new memory for each read keeps the garbage
 * collector as busy as the network. It is shared memory, so that threads can take the bytes where they are.
 */
export interface ReadBuffers {
  readonly onread: OnRead;
  /**
   * A chunk of a body is on its way to a reader.
   *
   * @returns the socket whose last read ends with the chunk, where nothing else of it waits to be parsed
   */
  readonly lend: (chunk: Uint8Array) => Socket | undefined;
  /**
   * Nobody looks at a chunk any more. When that holds for all that its memory was filled with, the memory takes the next
   * bytes. Chunks of other origin are left alone.
   */
  readonly giveBack: (chunk: Uint8Array) => void;
  /** From now on what a socket reads goes there and no longer into the socket's stream. */
  readonly divert: (socket: Socket, reads: DivertedReads) => Diversion;
  /** Memory of at least one read, to be filled and given out in parts. */
  readonly takeMemory: (lengthBytes: number) => SharedArrayBuffer;
  /** Nothing is added to a memory any more, whose parts are lent. */
  readonly complete: (memory: SharedArrayBuffer) => void;
}

/** What was put into a memory. */
interface Filled {
  /** What the last read of a stream has brought; null for memory that is filled step by step. */
  readonly read: { readonly socket: Socket; readonly lengthBytes: number } | null;
  /** Chunks that somebody has. */
  lentChunks: number;
  /** No further chunk comes from it. */
  isComplete: boolean;
}

/** Makes the memory of one transport. */
export function createReadBuffers(): ReadBuffers {
  /** By size. */
  const free = new Map<number, SharedArrayBuffer[]>();
  const filled = new WeakMap<ArrayBufferLike, Filled>();
  const diverted = new WeakMap<Socket, DivertedReads>();
  let diversions = 0;
  /** Node asks for the next memory right after each read, and does not say for which socket. */
  let next: Uint8Array | undefined;

  const take = (lengthBytes: number): SharedArrayBuffer =>
    free.get(lengthBytes)?.pop() ?? new SharedArrayBuffer(lengthBytes);
  /** What large bodies have left behind serves as well, before more is made. */
  const takeForRead = (): SharedArrayBuffer => {
    for (let lengthBytes = BUFFER_BYTES; lengthBytes <= MAX_MEMORY_BYTES; lengthBytes *= 2) {
      const memory = free.get(lengthBytes)?.pop();
      if (memory !== undefined) return memory;
    }
    return new SharedArrayBuffer(BUFFER_BYTES);
  };
  /** As much is kept as was in use at once: the collector takes its time with shared memory. */
  const keep = (memory: SharedArrayBuffer): void => {
    const kept = free.get(memory.byteLength);
    if (kept === undefined) free.set(memory.byteLength, [memory]);
    else kept.push(memory);
  };
  const keepIfDone = (memory: ArrayBufferLike, { lentChunks, isComplete }: Filled): void => {
    if (lentChunks > 0 || !isComplete) return;
    filled.delete(memory);
    if (memory instanceof SharedArrayBuffer) keep(memory);
  };

  return {
    onread: {
      buffer() {
        const given = next;
        next = undefined;
        return given ?? new Uint8Array(takeForRead());
      },
      callback(lengthBytes, { buffer, byteOffset }) {
        // Node calls it as a method of the socket.
        const socket = this as Socket;
        const straight = diverted.get(socket);
        if (straight !== undefined) {
          if (!filled.has(buffer)) filled.set(buffer, { read: null, lentChunks: 0, isComplete: true });
          const goesOn = straight.take(new Uint8Array(buffer, byteOffset, lengthBytes));
          next = straight.room();
          return goesOn;
        }
        if (lengthBytes <= SMALL_READ_BYTES) {
          const copy = Buffer.allocUnsafeSlow(lengthBytes);
          copy.set(new Uint8Array(buffer, 0, lengthBytes));
          if (buffer instanceof SharedArrayBuffer) keep(buffer);
          filled.set(copy.buffer, { read: { socket, lengthBytes }, lentChunks: 0, isComplete: false });
          socket.push(copy);
          return socket.readableLength === 0;
        }
        filled.set(buffer, { read: { socket, lengthBytes }, lentChunks: 0, isComplete: false });
        socket.push(Buffer.from(buffer, 0, lengthBytes));
        // One read at a time: several that wait would be copied into one, and their memory lost.
        return socket.readableLength === 0;
      },
    },
    lend({ buffer, byteOffset, byteLength }) {
      const memory = filled.get(buffer);
      if (memory === undefined) return undefined;
      memory.lentChunks += 1;
      if (memory.read === null) return undefined;
      memory.isComplete = byteOffset + byteLength === memory.read.lengthBytes;
      const { socket } = memory.read;
      return memory.isComplete && socket.readableLength === 0 ? socket : undefined;
    },
    giveBack({ buffer }) {
      const memory = filled.get(buffer);
      if (memory === undefined) return;
      memory.lentChunks -= 1;
      keepIfDone(buffer, memory);
    },
    divert(socket, reads) {
      diverted.set(socket, reads);
      diversions += 1;
      return {
        get count() {
          return diversions;
        },
        end: () => void (diversions -= 1),
      };
    },
    takeMemory(lengthBytes) {
      const memory = take(lengthBytes);
      filled.set(memory, { read: null, lentChunks: 0, isComplete: false });
      return memory;
    },
    complete(memory) {
      const known = filled.get(memory);
      if (known === undefined) return;
      known.isComplete = true;
      keepIfDone(memory, known);
    },
  };
}
