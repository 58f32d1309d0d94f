import { ModelkeepError } from '@modelkeep/core';
import type { TaskContext } from '@modelkeep/workers';
import { hashDescriptor, hashFile, type HashFileInput, type HashFileOutput } from './hash-file.ts';
import { removedOnFailure } from './removed-on-failure.ts';
import { translated, writeFully, type WorkerTools } from './worker-tools.ts';

/** @internal Main thread → worker. */
export interface CopyFileInput extends HashFileInput {
  readonly target: string;
  readonly permissions: number;
}

/** @internal Worker → main thread. */
export interface CopyFileOutput extends HashFileOutput {
  readonly method: 'reflink' | 'copy';
}

/** @internal Makes a new, durable file with the same bytes. What could not be finished is removed. */
export async function copyFile(
  tools: WorkerTools,
  input: CopyFileInput,
  context: TaskContext,
): Promise<CopyFileOutput> {
  const { bulk } = tools;
  const source = translated(input.path, 'open', () => bulk.open(input.path, { mode: 'read' }));
  try {
    const mtimeMs = Number(bulk.status(source).mtimeNs) / 1e6;
    if (reflink(tools, input)) return { ...(await hashClone(tools, input, context)), mtimeMs, method: 'reflink' };
    return { ...(await copyBytes(tools, { ...input, source }, context)), mtimeMs, method: 'copy' };
  } finally {
    bulk.close(source);
  }
}

/** The clone cannot change any more, so it is what is hashed. */
function hashClone(tools: WorkerTools, input: CopyFileInput, context: TaskContext): Promise<HashFileOutput> {
  return removedOnFailure(tools, input.target, async () => {
    const hashed = await hashFile(tools, { ...input, path: input.target }, context);
    finishClone(tools, input);
    return hashed;
  });
}

async function copyBytes(
  tools: WorkerTools,
  input: CopyFileInput & { readonly source: number },
  context: TaskContext,
): Promise<HashFileOutput> {
  const { bulk } = tools;
  const { target, source, permissions } = input;
  const copy = translated(target, 'create', () => bulk.open(target, { mode: 'create', permissions }));
  return removedOnFailure(tools, target, async () => {
    try {
      const hashed = await hashDescriptor(tools, {
        ...input,
        descriptor: source,
        context,
        onChunk: (bytes, position) => translated(target, 'write', () => writeFully(bulk, copy, { bytes, position })),
      });
      translated(target, 'fsync', () => {
        bulk.chmod(copy, permissions);
        bulk.fsync(copy);
      });
      requireSize(target, { expected: hashed.sizeBytes, found: bulk.status(copy).sizeBytes });
      return hashed;
    } finally {
      bulk.close(copy);
    }
  });
}

function reflink({ bulk }: WorkerTools, { path, target }: CopyFileInput): boolean {
  try {
    bulk.reflink(path, target);
    return true;
  } catch {
    // Whatever the reason, the copy below meets it too, unless it is only that the drive cannot clone.
    return false;
  }
}

function finishClone({ bulk }: WorkerTools, { target, permissions }: CopyFileInput): void {
  translated(target, 'fsync', () => {
    // Windows fsyncs only what is open for writing.
    const clone = bulk.open(target, { mode: process.platform === 'win32' ? 'update' : 'read' });
    try {
      bulk.chmod(clone, permissions);
      bulk.fsync(clone);
    } finally {
      bulk.close(clone);
    }
  });
}

function requireSize(path: string, { expected, found }: { expected: number; found: number }): void {
  if (expected === found) return;
  throw new ModelkeepError('io.failed', {
    message: `${path} has ${found} bytes after ${expected} were written`,
    facts: { path, systemCode: 'EIO', operation: 'write' },
    hint: 'another program writes to this file, or the drive loses data',
  });
}
