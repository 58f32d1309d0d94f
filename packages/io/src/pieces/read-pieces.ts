import type { WorkerPool } from '@modelkeep/workers';
import { ModelkeepError } from '@modelkeep/core';
import type { OpenedToRead } from '../worker/open-file-tasks.ts';

/** One message from a worker, and one turn of its drive. */
const PIECE_BYTES = 1024 * 1024;

/** @internal A part of a file, and who reads it. */
export interface ReadPiecesOptions {
  readonly path: string;
  readonly startBytes: number;
  readonly endBytes: number;
  readonly signal: AbortSignal | undefined;
  /** Threads; each piece takes a place on the drive. */
  readonly pool: () => Promise<WorkerPool>;
  /** What closes the files that are open when everything is closed. */
  readonly open: Set<() => Promise<void>>;
}

/** @internal Reads a part of a file through one descriptor. Nothing is opened before the first piece is asked for. */
export async function* readPieces(options: ReadPiecesOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { path, startBytes, endBytes, signal, open } = options;
  signal?.throwIfAborted();
  const pool = await options.pool();
  const { descriptor, sizeBytes } = await pool.run<OpenedToRead>('openToRead', { path });
  // The number of a closed descriptor may be that of another file by then: no read is left, and none begins.
  let reading: Promise<unknown> = Promise.resolve();
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closed ??= reading.then(
      () => pool.run<void>('closeFile', { path, descriptor }),
      () => pool.run<void>('closeFile', { path, descriptor }),
    ));
  open.add(close);
  try {
    if (endBytes > sizeBytes) throw changed(path);
    for (let at = startBytes; at < endBytes; at += PIECE_BYTES) {
      signal?.throwIfAborted();
      if (closed !== undefined) throw wasClosed();
      const piece = { path, descriptor, startBytes: at, endBytes: Math.min(endBytes, at + PIECE_BYTES) };
      const read = pool.run<Uint8Array>('readPiece', piece);
      reading = read;
      const bytes = await read;
      if (bytes.byteLength < piece.endBytes - at) throw changed(path);
      yield bytes;
    }
  } finally {
    open.delete(close);
    await close();
  }
}

function wasClosed(): ModelkeepError {
  return new ModelkeepError('core.closed', { message: 'the file work was closed', facts: { resource: 'io' } });
}

function changed(path: string): ModelkeepError {
  return new ModelkeepError('io.changed-while-read', {
    message: `${path} is shorter than what is to be read of it`,
    facts: { path },
    hint: 'another program has cut the file: look at it, and run the operation again',
  });
}
