import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { translateSystemError, type FileSystem } from '@modelkeep/io';
import type { ExportedLine } from '@modelkeep/library';
import { refuseExisting } from '../migrate/refuse-existing.ts';

/** What was written to a file. Plain data. */
export interface MetadataExportReport {
  /** Absolute path. */
  readonly path: string;
  readonly models: number;
  /** Models whose metadata cannot be read, and which are not in the export. */
  readonly problems: readonly { readonly slug: string; readonly reason: string }[];
}

const CHARACTERS_AT_ONCE = 1_000_000;

/** @internal What {@link writeExport} writes. */
export interface WriteExportOptions {
  readonly lines: AsyncIterable<ExportedLine>;
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
}

/** @internal Writes an export, one JSON document to a line; the file is there when it is whole. @throws `io.exists`, `io.*` */
export async function writeExport(
  fileSystem: FileSystem,
  { lines, path: wanted, signal }: WriteExportOptions,
): Promise<MetadataExportReport> {
  const path = resolve(wanted);
  await refuseExisting(fileSystem, path);
  const temporary = join(dirname(path), `.${randomBytes(8).toString('hex')}.tmp`);
  const problems: { slug: string; reason: string }[] = [];
  let models = 0;
  const file = await fileSystem.createAppend(temporary);
  try {
    try {
      let text = '';
      for await (const line of lines) {
        signal?.throwIfAborted();
        if ('metadata' in line) models += 1;
        if ('problem' in line) problems.push(line.problem);
        text += `${JSON.stringify(line)}\n`;
        if (text.length < CHARACTERS_AT_ONCE) continue;
        await file.append(text);
        text = '';
      }
      await file.append(text);
    } finally {
      await file.close();
    }
    await refuseExisting(fileSystem, path);
    await fileSystem.rename(temporary, path);
  } catch (error) {
    // The failure is the news, not that the rest could not be removed.
    await fileSystem.unlink(temporary).catch(() => {});
    throw error;
  }
  await fileSystem.fsyncFolder(dirname(path));
  return { path, models, problems };
}

/** @internal The bytes of a file in pieces. @throws `io.not-found`, `io.permission`, `io.failed` */
export async function* readPieces(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  const stream = createReadStream(path, { signal });
  try {
    for await (const piece of stream as AsyncIterable<Uint8Array>) yield piece;
  } catch (error) {
    signal?.throwIfAborted();
    throw translateSystemError(error, { path, operation: 'read' });
  } finally {
    stream.destroy();
  }
}
