import { ModelkeepError } from '@modelkeep/core';
import type { TaskContext } from '@modelkeep/workers';
import type { OpenFileStatus } from '../ports/bulk-file-system.ts';
import { CHUNK_BYTES, nextTurn, readFully, translated, type WorkerTools } from './worker-tools.ts';

/** @internal What {@link readToEnd} reads. */
export interface ReadToEndOptions {
  readonly path: string;
  readonly descriptor: number;
  /** What the file was when the reading was planned. */
  readonly before: OpenFileStatus;
  readonly context: TaskContext;
  /** Memory for the next bytes. */
  readonly next: () => Uint8Array | Promise<Uint8Array>;
  readonly onChunk: (bytes: Uint8Array, position: number) => void;
}

/** @internal Reads an open file from its start to its end; refuses one that is written meanwhile. */
export async function readToEnd({ bulk }: WorkerTools, options: ReadToEndOptions): Promise<void> {
  const { path, descriptor, before, context, onChunk } = options;
  const { sizeBytes } = before;
  let position = 0;
  let reported = 0;
  for (;;) {
    const memory = options.next();
    const buffer = memory instanceof Promise ? await memory : memory;
    const count = translated(path, 'read', () => readFully(bulk, descriptor, { bytes: buffer, position }));
    if (position + count > sizeBytes) throw changed(path);
    if (count > 0) onChunk(buffer.subarray(0, count), position);
    position += count;
    if (count < buffer.byteLength) break;
    if (position - reported < CHUNK_BYTES) continue;
    reported = position;
    context.report(position);
    await nextTurn(context);
  }
  if (position !== sizeBytes || !isSame(before, bulk.status(descriptor))) throw changed(path);
}

function isSame(before: OpenFileStatus, after: OpenFileStatus): boolean {
  return (
    before.inode === after.inode &&
    before.device === after.device &&
    before.sizeBytes === after.sizeBytes &&
    before.mtimeNs === after.mtimeNs
  );
}

/** @internal */
export function changed(path: string): ModelkeepError {
  return new ModelkeepError('io.changed-while-read', {
    message: `${path} was changed while it was read`,
    facts: { path },
    hint: 'wait until the program that writes it has finished, and run it again',
  });
}
