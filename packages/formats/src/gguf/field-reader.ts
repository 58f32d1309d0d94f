import type { ByteSource } from '@modelkeep/core';
import { invalidFile, oversizedHeader } from '../errors.ts';
import { createBlockReader } from '../source/block-reader.ts';
import type { GgufLimits } from './limits.ts';
import { fixedValue, ggufValueTypes, valueBytes, type GgufScalar, type GgufValueType } from './value-types.ts';

/** Where the fields of a GGUF header are read from, and under which limits. */
export interface FieldReaderOptions {
  readonly limits: GgufLimits;
  readonly path?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads the fields of a GGUF header one after the other. Every length is compared with what is left of the file before
 * anything is allocated for it.
 */
export interface FieldReader {
  readonly position: number;
  readonly remainingBytes: number;
  /** Settles byte order and the width of counts; before that, little endian and 64 bits. */
  setLayout(layout: { readonly littleEndian: boolean; readonly wideCounts: boolean }): void;
  fixed(type: GgufValueType): Promise<GgufScalar>;
  uint32(): Promise<number>;
  /** A count, a length or a dimension: 64 bits, or 32 in version 1. */
  count(what: string): Promise<number>;
  /** A number of things of which each takes at least so many bytes of the file. */
  countOf(what: string, size: { readonly minBytes: number; readonly limit: number }): Promise<number>;
  valueType(): Promise<GgufValueType>;
  string(what: string): Promise<string>;
  skipStrings(number: number): Promise<void>;
  skip(bytes: number, what: string): void;
  invalid(reason: string): Error;
}

/** @internal Makes a {@link FieldReader} at the start of a source. */
export function createFieldReader(source: ByteSource, { limits, path, signal }: FieldReaderOptions): FieldReader {
  const blocks = createBlockReader(source, signal);
  const decoder = new TextDecoder('utf-8');
  let littleEndian = true;
  let wideCounts = true;
  let keptTextBytes = 0;

  const invalid = (reason: string): Error => invalidFile({ format: 'gguf', path, reason });
  const oversized = (what: string, found: number, limit: number): Error =>
    oversizedHeader({ format: 'gguf', path, what, found, limit });

  const available = async (length: number): Promise<void> => {
    if (!blocks.buffered(length) && !(await blocks.fill(length)))
      throw invalid(`the header ends at byte ${source.sizeBytes}`);
    if (blocks.position > limits.maxHeaderBytes) throw oversized('the length', blocks.position, limits.maxHeaderBytes);
  };
  const take = async (length: number): Promise<DataView> => {
    await available(length);
    return blocks.take(length);
  };
  const fixed = async (type: GgufValueType): Promise<GgufScalar> =>
    fixedValue(await take(valueBytes(type) ?? 0), type, littleEndian);
  const count = async (what: string): Promise<number> => {
    const value = await fixed(wideCounts ? 'uint64' : 'uint32');
    if (typeof value !== 'number') throw invalid(`${what} is ${String(value)}`);
    return value;
  };
  const countOf = async (
    what: string,
    size: { readonly minBytes: number; readonly limit: number },
  ): Promise<number> => {
    const found = await count(what);
    if (found > blocks.remainingBytes / size.minBytes) {
      throw invalid(`${what} is ${found}, too many for the ${blocks.remainingBytes} bytes that are left`);
    }
    if (found > size.limit) throw oversized(what, found, size.limit);
    return found;
  };

  return {
    get position() {
      return blocks.position;
    },
    get remainingBytes() {
      return blocks.remainingBytes;
    },
    setLayout(layout) {
      ({ littleEndian, wideCounts } = layout);
    },
    fixed,
    uint32: async () => Number(await fixed('uint32')),
    count,
    countOf,
    async valueType() {
      const code = Number(await fixed('uint32'));
      const type = ggufValueTypes[code];
      if (type === undefined) throw invalid(`a value of the unknown type ${code}`);
      return type;
    },
    async string(what) {
      const length = await countOf(`the length of ${what}`, { minBytes: 1, limit: limits.maxStringBytes });
      keptTextBytes += length;
      if (keptTextBytes > limits.maxKeptTextBytes) throw oversized('the text', keptTextBytes, limits.maxKeptTextBytes);
      return decoder.decode(await take(length));
    },
    async skipStrings(number) {
      const width = wideCounts ? 8 : 4;
      for (let index = 0; index < number; index += 1) {
        // No await where the bytes are there: a vocabulary has hundreds of thousands of strings.
        if (!blocks.buffered(width)) await available(width);
        const length = blocks.uint(width, littleEndian);
        if (length > limits.maxStringBytes) throw oversized('the length of a string', length, limits.maxStringBytes);
        if (!blocks.skip(length)) throw invalid('a string ends beyond the file');
      }
    },
    skip(bytes, what) {
      if (!blocks.skip(bytes)) throw invalid(`${what} ends beyond the file`);
    },
    invalid,
  };
}
