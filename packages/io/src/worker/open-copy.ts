import { ModelkeepError } from '@modelkeep/core';
import type { ChunkConsumer } from './hash-file.ts';
import { translated, writeFully, type WorkerTools } from './worker-tools.ts';

/** @internal What is to be copied, and to where. */
export interface OpenCopyInput {
  readonly path: string;
  readonly target: string;
  readonly permissions: number;
  /** Larger files are left to two threads; null: none is too large. */
  readonly maxBytes: number | null;
}

/** @internal A file that is open to be read, and what it was then. The descriptor is the caller's. */
export interface OpenedSource {
  readonly source: number;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

/** @internal A file and its copy that is to be filled, or a clone that is whole already. Both descriptors are the caller's. */
export interface OpenCopy extends OpenedSource {
  readonly method: 'reflink' | 'copy';
  readonly copy: number;
}

/** @internal Opens a file that is to be read. */
export function openSource({ bulk }: WorkerTools, path: string): OpenedSource {
  const source = translated(path, 'open', () => bulk.open(path, { mode: 'read' }));
  try {
    const { sizeBytes, mtimeNs } = translated(path, 'look at', () => bulk.status(source));
    return { source, sizeBytes, mtimeMs: Number(mtimeNs) / 1e6 };
  } catch (error) {
    bulk.close(source);
    throw error;
  }
}

/** @internal Opens both. After a failure there is no target and no descriptor. @returns null for a file that is too large */
export function openCopy(tools: WorkerTools, input: OpenCopyInput): OpenCopy | null {
  const { bulk } = tools;
  const { path, target, permissions, maxBytes } = input;
  const found = openSource(tools, path);
  try {
    if (maxBytes === null || found.sizeBytes <= maxBytes) {
      const clone = openClone(tools, input);
      if (clone !== null) return { ...found, copy: clone, method: 'reflink' };
      const copy = translated(target, 'create', () => bulk.open(target, { mode: 'create', permissions }));
      return { ...found, copy, method: 'copy' };
    }
  } catch (error) {
    bulk.close(found.source);
    throw error;
  }
  bulk.close(found.source);
  return null;
}

function openClone({ bulk }: WorkerTools, { path, target }: OpenCopyInput): number | null {
  try {
    bulk.reflink(path, target);
  } catch {
    // Whatever the reason, the copy meets it too, unless it is only that the drive cannot clone.
    return null;
  }
  try {
    // Windows fsyncs only what is open for writing.
    return translated(target, 'open', () =>
      bulk.open(target, { mode: process.platform === 'win32' ? 'update' : 'read' }),
    );
  } catch (error) {
    bulk.unlink(target);
    throw error;
  }
}

/** @internal A file and its descriptor. */
export interface OpenedPath {
  readonly path: string;
  readonly descriptor: number;
}

/** @internal What is read, and where its bytes go. */
export interface CopyWork {
  readonly from: OpenedPath;
  readonly to: OpenedPath | null;
}

/** @internal A clone is whole and cannot change any more: it is what is hashed. */
export function copyWork({ path, target }: Pick<OpenCopyInput, 'path' | 'target'>, opened: OpenCopy): CopyWork {
  const copy = { path: target, descriptor: opened.copy };
  if (opened.method === 'reflink') return { from: copy, to: null };
  return { from: { path, descriptor: opened.source }, to: copy };
}

/** @internal Writes chunks where they belong. */
export function chunkWriter({ bulk }: WorkerTools, to: OpenedPath | null): ChunkConsumer {
  if (to === null) return () => {};
  const { path, descriptor } = to;
  return (bytes, position) => translated(path, 'write', () => writeFully(bulk, descriptor, { bytes, position }));
}

/** @internal What {@link finishCopy} finishes. */
export interface FinishCopyInput {
  readonly target: string;
  readonly copy: number;
  readonly permissions: number;
  readonly sizeBytes: number;
}

/** @internal Makes a copy that was filled durable. */
export function finishCopy({ bulk }: WorkerTools, { target, copy, permissions, sizeBytes }: FinishCopyInput): void {
  translated(target, 'fsync', () => {
    bulk.chmod(copy, permissions);
    bulk.fsync(copy);
  });
  const found = translated(target, 'check', () => bulk.status(copy).sizeBytes);
  if (found === sizeBytes) return;
  throw new ModelkeepError('io.failed', {
    message: `${target} has ${found} bytes after ${sizeBytes} were written`,
    facts: { path: target, systemCode: 'EIO', operation: 'write' },
    hint: 'another program writes to this file, or the drive loses data',
  });
}
