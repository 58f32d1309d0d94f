import type { TaskContext } from '@modelkeep/workers';
import { ModelkeepError } from '@modelkeep/core';
import { removedOnFailure } from './removed-on-failure.ts';
import { CHUNK_BYTES, nextTurn, readFully, translated, writeFully, type WorkerTools } from './worker-tools.ts';

/** @internal Main thread → worker. */
export interface CopyPrefixInput {
  readonly path: string;
  readonly target: string;
  readonly sizeBytes: number;
  readonly permissions: number;
}

/** @internal Makes a new, durable file of the first bytes of another, which may go on growing. */
export async function copyPrefix(tools: WorkerTools, input: CopyPrefixInput, context: TaskContext): Promise<void> {
  const { bulk } = tools;
  const { path, target, permissions } = input;
  const source = translated(path, 'open', () => bulk.open(path, { mode: 'read' }));
  try {
    const copy = translated(target, 'create', () => bulk.open(target, { mode: 'create', permissions }));
    await removedOnFailure(tools, target, async () => {
      try {
        await copyBytes(tools, { ...input, source, copy }, context);
        translated(target, 'fsync', () => bulk.fsync(copy));
      } finally {
        bulk.close(copy);
      }
    });
  } finally {
    bulk.close(source);
  }
}

async function copyBytes(
  { bulk }: WorkerTools,
  { path, target, sizeBytes, source, copy }: CopyPrefixInput & { readonly source: number; readonly copy: number },
  context: TaskContext,
): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, Math.max(sizeBytes, 1)));
  for (let position = 0; position < sizeBytes; position += buffer.byteLength) {
    const bytes = buffer.subarray(0, Math.min(buffer.byteLength, sizeBytes - position));
    const count = translated(path, 'read', () => readFully(bulk, source, { bytes, position }));
    if (count < bytes.byteLength) {
      throw new ModelkeepError('io.changed-while-read', {
        message: `${path} has only ${position + count} of the ${sizeBytes} bytes that are to be copied`,
        facts: { path },
        hint: 'another program cut the file: run the operation again',
      });
    }
    translated(target, 'write', () => writeFully(bulk, copy, { bytes, position }));
    await nextTurn(context);
  }
}
