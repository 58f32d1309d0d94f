import type { ByteSource } from '@modelkeep/core';
import { invalidFile, oversizedHeader } from '../errors.ts';
import { JsonSyntaxError } from './json-cursor.ts';
import { parseHeader, type ParsedHeader, type SafetensorsTensor } from './parse-header.ts';

/** The format's own limit. */
const FORMAT_MAX_HEADER_BYTES = 100_000_000;
const PREFIX_BYTES = 8;
const OPENING_BRACE = 0x7b;

/** How a safetensors header is read. */
export interface SafetensorsReadOptions {
  /** A larger header is refused before it is read; never above the format's 100,000,000. @default 16 MiB */
  readonly maxHeaderBytes?: number | undefined;
  /** For messages. */
  readonly path?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a safetensors header says. */
export interface SafetensorsHeader extends ParsedHeader {
  /** Length of the header's text; the data begins 8 bytes later. */
  readonly headerBytes: number;
  readonly dataBytes: number;
}

/**
 * Reads the header of a safetensors file and checks it as a whole: no key twice, sizes that follow from shape and dtype,
 * tensors that fill the data part without gap and overlap up to the last byte of the file.
 *
 * @example
 * ```ts
 * import { bytesSource, readSafetensorsHeader } from '@modelkeep/formats';
 *
 * declare const bytes: Uint8Array;
 * const { tensors } = await readSafetensorsHeader(bytesSource(bytes));
 * ```
 * @throws `formats.invalid`, `formats.too-large`
 */
export async function readSafetensorsHeader(
  source: ByteSource,
  options: SafetensorsReadOptions = {},
): Promise<SafetensorsHeader> {
  const { path, signal, maxHeaderBytes = 16 * 1024 * 1024 } = options;
  const invalid = (reason: string): Error => invalidFile({ format: 'safetensors', path, reason });
  const prefix = await source.read(0, PREFIX_BYTES, signal);
  if (prefix.length < PREFIX_BYTES) throw invalid('shorter than the length of its header');
  const declared = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true);
  if (declared > BigInt(FORMAT_MAX_HEADER_BYTES))
    throw invalid(`a header of ${declared} bytes; the format allows ${FORMAT_MAX_HEADER_BYTES}`);
  const headerBytes = Number(declared);
  const dataBytes = source.sizeBytes - PREFIX_BYTES - headerBytes;
  if (dataBytes < 0) throw invalid(`a header of ${headerBytes} bytes in a file of ${source.sizeBytes}`);
  if (headerBytes > maxHeaderBytes) {
    throw oversizedHeader({
      format: 'safetensors',
      path,
      what: 'the length',
      found: headerBytes,
      limit: maxHeaderBytes,
    });
  }
  const bytes = await source.read(PREFIX_BYTES, headerBytes, signal);
  if (bytes.length < headerBytes) throw invalid('the file became shorter while it was read');
  if (bytes[0] !== OPENING_BRACE) throw invalid('the header does not begin with "{"');
  const parsed = parsedOrReason(bytes);
  if (typeof parsed === 'string') throw invalid(parsed);
  const problem = layoutProblem(parsed.tensors, dataBytes);
  if (problem !== null) throw invalid(problem);
  return { ...parsed, headerBytes, dataBytes };
}

function parsedOrReason(bytes: Uint8Array): ParsedHeader | string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // the decoder's only failure, a TypeError without details
    return 'the header is not UTF-8';
  }
  try {
    return parseHeader(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error.message;
    throw error;
  }
}

function layoutProblem(tensors: ReadonlyMap<string, SafetensorsTensor>, dataBytes: number): string | null {
  const spans = Array.from(tensors.values(), ({ dataOffsets }) => dataOffsets);
  spans.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let end = 0;
  for (const [from, to] of spans) {
    if (from !== end)
      return from < end ? `two tensors overlap at byte ${from}` : `a gap of ${from - end} bytes at byte ${end}`;
    end = to;
  }
  return end === dataBytes ? null : `the tensors have ${end} bytes, the file holds ${dataBytes}`;
}
