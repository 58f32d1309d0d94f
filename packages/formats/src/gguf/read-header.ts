import type { ByteSource } from '@modelkeep/core';
import { createFieldReader, type FieldReader } from './field-reader.ts';
import { defaultGgufLimits, type GgufLimits } from './limits.ts';
import { readMetadata } from './read-metadata.ts';
import { readTensors, type GgufTensor } from './read-tensors.ts';
import type { GgufValue } from './value-types.ts';

/** `GGUF` as a little-endian number; the magic is not swapped in big-endian files. */
const MAGIC = 0x46554747;
const DEFAULT_ALIGNMENT = 32;
const MAX_ALIGNMENT = 1024 * 1024;

/** How a GGUF header is read. */
export interface GgufReadOptions {
  /** Limits to set differently. */
  readonly limits?: Partial<GgufLimits> | undefined;
  /** For messages. */
  readonly path?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a GGUF header says. */
export interface GgufHeader {
  readonly version: 1 | 2 | 3;
  readonly littleEndian: boolean;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  /** Bytes before the data part, padding included. */
  readonly headerBytes: number;
  readonly dataBytes: number;
}

/**
 * Reads the header of a GGUF file (versions 1 to 3, both byte orders) block by block, without its data. Counts and
 * lengths are compared with what is left of the file before anything is allocated; tensors must lie inside the file and
 * apart from each other.
 *
 * @throws `formats.invalid`, `formats.too-large`
 */
export async function readGgufHeader(source: ByteSource, options: GgufReadOptions = {}): Promise<GgufHeader> {
  const { path, signal } = options;
  const limits: GgufLimits = { ...defaultGgufLimits, ...options.limits };
  const reader = createFieldReader(source, { limits, path, signal });
  const { version, littleEndian } = await readStart(reader);
  const wide = version > 1;
  reader.setLayout({ littleEndian, wideCounts: wide });
  // A tensor takes its name's length, number of dimensions, type and offset; a pair its key's length, type and one byte.
  const tensorCount = await reader.countOf('the number of tensors', {
    minBytes: wide ? 24 : 20,
    limit: limits.maxTensors,
  });
  const keyCount = await reader.countOf('the number of metadata keys', {
    minBytes: wide ? 13 : 9,
    limit: limits.maxMetadataKeys,
  });
  const metadata = await readMetadata(reader, keyCount, limits);
  const tensors = await readTensors(reader, tensorCount);
  const alignment = alignmentOf(metadata, reader);
  const end = reader.position;
  const headerBytes =
    tensors.size === 0 ? Math.min(source.sizeBytes, aligned(end, alignment)) : aligned(end, alignment);
  const dataBytes = source.sizeBytes - headerBytes;
  const problem = layoutProblem(tensors, { alignment, dataBytes });
  if (problem !== null) throw reader.invalid(problem);
  return { version, littleEndian, metadata, tensors, headerBytes, dataBytes };
}

async function readStart(
  reader: FieldReader,
): Promise<{ readonly version: 1 | 2 | 3; readonly littleEndian: boolean }> {
  if ((await reader.uint32()) !== MAGIC) throw reader.invalid('it does not begin with "GGUF"');
  const little = await reader.uint32();
  const littleEndian = (little & 0xffff) !== 0;
  const version = littleEndian ? little : swapped(little);
  if (version !== 1 && version !== 2 && version !== 3) throw reader.invalid(`version ${version}; 1 to 3 are known`);
  return { version, littleEndian };
}

function swapped(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value, true);
  return view.getUint32(0, false);
}

function alignmentOf(metadata: ReadonlyMap<string, GgufValue>, reader: FieldReader): number {
  const found = metadata.get('general.alignment') ?? DEFAULT_ALIGNMENT;
  const isPowerOfTwo = typeof found === 'number' && Number.isInteger(Math.log2(found));
  if (typeof found !== 'number' || !isPowerOfTwo || found < 1 || found > MAX_ALIGNMENT) {
    throw reader.invalid('general.alignment is no power of two up to 1 MiB');
  }
  return found;
}

function aligned(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

function layoutProblem(
  tensors: ReadonlyMap<string, GgufTensor>,
  { alignment, dataBytes }: { readonly alignment: number; readonly dataBytes: number },
): string | null {
  const inOrder = Array.from(tensors.values()).sort(
    (a, b) => a.dataOffset - b.dataOffset || (a.sizeBytes ?? 0) - (b.sizeBytes ?? 0),
  );
  let end = 0;
  for (const { dataOffset, sizeBytes } of inOrder) {
    if (dataOffset % alignment !== 0) return `a tensor begins at byte ${dataOffset}, no multiple of ${alignment}`;
    if (dataOffset < end) return `two tensors overlap at byte ${dataOffset}`;
    end = dataOffset + (sizeBytes ?? 0);
    if (end > dataBytes) return `the tensors have at least ${end} bytes, the file holds ${Math.max(0, dataBytes)}`;
  }
  return null;
}
