import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import { translateSystemError, type FileSystem } from '@modelkeep/io';
import { unreadableSource } from './unreadable-source.ts';

/** @internal A JSON file of another tool: an object with an entry for each key. */
export interface JsonSource {
  /** Absolute. */
  readonly path: string;
  /** Keys are of this object alone: `__proto__` is one like any other. */
  readonly entries: readonly (readonly [key: string, value: unknown])[];
}

const MOST_BYTES = 64 * 1024 * 1024;

/**
 * @internal Reads a JSON file of another tool whole.
 *
 * @throws `workflows.unreadable-source` for what is no JSON object, `io.*`
 */
export async function readJsonSource(fileSystem: FileSystem, file: string, signal?: AbortSignal): Promise<JsonSource> {
  if (file === '') {
    throw new ModelkeepError('core.invalid-argument', {
      message: 'the path of the file is empty',
      facts: { argument: 'path', found: file },
    });
  }
  const path = resolve(file);
  const { kind, sizeBytes } = await fileSystem.stat(path);
  if (kind !== 'file') throw unreadableSource(path, { reason: 'it is no file' });
  if (sizeBytes > MOST_BYTES) throw unreadableSource(path, { reason: `it is larger than ${MOST_BYTES} bytes` });
  const json = parsed(path, await bytesOf(path, signal));
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw unreadableSource(path, { reason: 'it is no JSON object' });
  return { path, entries: Object.entries(json) };
}

async function bytesOf(path: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    return await readFile(path, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw translateSystemError(error, { path, operation: 'read' });
  }
}

function parsed(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    // The message of a parser quotes what it read, which may be a token.
    const reason = cause instanceof SyntaxError ? 'it is no JSON, or not all of it is there' : 'it is no text in UTF-8';
    throw unreadableSource(path, { reason });
  }
}
