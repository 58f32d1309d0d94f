import type { Socket } from 'node:net';

/** Large enough that reading costs little, small enough for many connections. */
const BUFFER_BYTES = 128 * 1024;

/** A slow network brings little at a time: copied, it does not keep a whole buffer busy until somebody reads it. */
const SMALL_READ_BYTES = 8_192;

/** Where a socket puts what it reads: its option `onread`. */
export interface OnRead {
  buffer(): Uint8Array;
  callback(this: unknown, lengthBytes: number, buffer: Uint8Array): boolean;
}

/**
 * Memory that sockets read into, again and again: at a gigabyte a second new memory for each read keeps the garbage
 * collector as busy as the network. It is shared memory, so that threads can take the bytes where they are.
 */
export interface ReadBuffers {
  readonly onread: OnRead;
  /** A chunk of a body is on its way to a reader. */
  readonly lend: (chunk: Uint8Array) => void;
  /**
   * Nobody looks at a chunk any more. When that holds for all that one read has brought, its memory takes the next bytes.
   * Chunks of other origin are left alone.
   */
  readonly giveBack: (chunk: Uint8Array) => void;
}

/** What the last read has put into a buffer. */
interface Filled {
  readonly lengthBytes: number;
  /** Chunks that somebody has. */
  lentChunks: number;
  /** No further chunk comes from this read: one of them went up to its end. */
  isComplete: boolean;
}

/** Makes the memory of one transport. */
export function createReadBuffers(): ReadBuffers {
  const free: SharedArrayBuffer[] = [];
  const reads = new WeakMap<ArrayBufferLike, Filled>();
  return {
    onread: {
      buffer: () => new Uint8Array(free.pop() ?? new SharedArrayBuffer(BUFFER_BYTES)),
      callback(lengthBytes, { buffer }) {
        // Node calls it as a method of the socket.
        const socket = this as Socket;
        if (lengthBytes <= SMALL_READ_BYTES) {
          const copy = Buffer.allocUnsafeSlow(lengthBytes);
          copy.set(new Uint8Array(buffer, 0, lengthBytes));
          if (buffer instanceof SharedArrayBuffer) free.push(buffer);
          socket.push(copy);
          return socket.readableLength === 0;
        }
        reads.set(buffer, { lengthBytes, lentChunks: 0, isComplete: false });
        socket.push(Buffer.from(buffer, 0, lengthBytes));
        // One read at a time: several that wait would be copied into one, and their memory lost.
        return socket.readableLength === 0;
      },
    },
    lend({ buffer, byteOffset, byteLength }) {
      const read = reads.get(buffer);
      if (read === undefined) return;
      read.lentChunks += 1;
      read.isComplete = byteOffset + byteLength === read.lengthBytes;
    },
    giveBack({ buffer }) {
      const read = reads.get(buffer);
      if (read === undefined) return;
      read.lentChunks -= 1;
      if (read.lentChunks > 0 || !read.isComplete) return;
      reads.delete(buffer);
      // As much is kept as was in use at once: the collector takes its time with shared memory.
      if (buffer instanceof SharedArrayBuffer) free.push(buffer);
    },
  };
}
