import type { BlockReader } from '../source/block-reader.ts';
import type { FindingLog } from './findings.ts';
import { pickleLimits } from './limits.ts';
import { PickleProblem } from './machine.ts';
import type { ArgumentKind } from './opcodes.ts';
import type { PickleValue } from './pickle-value.ts';

/** Reads what follows an opcode. */
export interface ArgumentReader {
  read(kind: ArgumentKind): Promise<PickleValue>;
  line(): Promise<string>;
}

const NEWLINE = 0x0a;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/** @internal Makes an {@link ArgumentReader}. */
export function createArgumentReader(blocks: BlockReader, budget: FindingLog['budget']): ArgumentReader {
  const take = async (length: number): Promise<DataView> => {
    if (!blocks.buffered(length) && !(await blocks.fill(length)))
      throw new PickleProblem('ends within an opcode', 'cut');
    return blocks.take(length);
  };
  const lengthOf = async (width: 1 | 4 | 8): Promise<number> => {
    const view = await take(width);
    if (width === 1) return view.getUint8(0);
    return width === 4 ? view.getUint32(0, true) : Number(view.getBigUint64(0, true));
  };
  const kept = async (length: number, limit: number): Promise<Uint8Array | null> => {
    if (length > blocks.remainingBytes) throw new PickleProblem('ends within a text', 'cut');
    if (length > limit || length > budget.keptBytes) {
      blocks.skip(length);
      return null;
    }
    budget.keptBytes -= length;
    const view = await take(length);
    return new Uint8Array(view.buffer, view.byteOffset, length);
  };
  const text = async (width: 1 | 4 | 8): Promise<PickleValue> => {
    const bytes = await kept(await lengthOf(width), pickleLimits.maxTextBytes);
    return bytes === null ? { kind: 'unknown' } : utf8.decode(bytes);
  };
  const oldText = async (length: number): Promise<PickleValue> => {
    if (length < 0) throw new PickleProblem('a text of a negative length');
    const bytes = await kept(length, pickleLimits.maxTextBytes);
    return bytes === null ? { kind: 'unknown' } : latin1(bytes);
  };
  const bytesOf = async (width: 1 | 4 | 8): Promise<PickleValue> => {
    const length = await lengthOf(width);
    const bytes = await kept(length, pickleLimits.maxKeptBytes);
    return { kind: 'bytes', length, bytes: bytes?.slice() ?? null };
  };
  const long = async (length: number): Promise<PickleValue> => {
    if (length < 0) throw new PickleProblem('a number of a negative length');
    const bytes = await kept(length, 256);
    if (bytes === null) return { kind: 'unknown' };
    let value = 0n;
    for (const [index, byte] of bytes.entries()) value |= BigInt(byte) << BigInt(8 * index);
    if (length > 0 && (bytes[length - 1] ?? 0) >= 0x80) value -= 1n << BigInt(8 * length);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  };
  const line = async (): Promise<string> => {
    for (let wanted = 256; ; wanted *= 8) {
      const length = Math.min(wanted, blocks.remainingBytes, pickleLimits.maxLineBytes);
      if (!blocks.buffered(length)) await blocks.fill(length);
      const end = blocks.ahead().subarray(0, pickleLimits.maxLineBytes).indexOf(NEWLINE);
      if (end !== -1) {
        const view = blocks.take(end + 1);
        return utf8.decode(new Uint8Array(view.buffer, view.byteOffset, end));
      }
      if (length < blocks.remainingBytes && length < wanted)
        throw new PickleProblem(`a line of more than ${pickleLimits.maxLineBytes} bytes`, 'limit');
      if (length < wanted) throw new PickleProblem('a line without an end', 'cut');
    }
  };

  const readers: Readonly<Record<Exclude<ArgumentKind, 'twoLines'>, () => Promise<PickleValue>>> = {
    none: async () => null,
    unsigned1: async () => (blocks.buffered(1) ? blocks.byte() : (await take(1)).getUint8(0)),
    unsigned2: async () => (await take(2)).getUint16(0, true),
    unsigned4: async () => (await take(4)).getUint32(0, true),
    signed4: async () => (await take(4)).getInt32(0, true),
    unsigned8: async () => Number((await take(8)).getBigUint64(0, true)),
    float8: async () => (await take(8)).getFloat64(0, false),
    line,
    text1: () => text(1),
    text4: () => text(4),
    text8: () => text(8),
    bytes1: () => bytesOf(1),
    bytes4: () => bytesOf(4),
    bytes8: () => bytesOf(8),
    latin1: async () => oldText(await lengthOf(1)),
    latin4: async () => oldText((await take(4)).getInt32(0, true)),
    long1: async () => long(await lengthOf(1)),
    long4: async () => long((await take(4)).getInt32(0, true)),
  };
  return { read: (kind) => (kind === 'twoLines' ? Promise.reject(new TypeError(kind)) : readers[kind]()), line };
}
