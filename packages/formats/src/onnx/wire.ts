import type { BlockReader } from '../source/block-reader.ts';

/** A field of a protocol buffer whose value was not read yet. */
export interface WireField {
  readonly number: number;
  /** 0: varint, 1: 8 bytes, 2: so many bytes, 5: 4 bytes. */
  readonly wire: number;
  /** The value of a varint, the length of bytes. */
  readonly value: number;
}

/** Walks the fields of a protocol buffer within a source. Lengths are compared with what is left before anything is read. */
export interface WireReader {
  readonly position: number;
  readonly remainingBytes: number;
  /** The next field that begins before `end`, or null there. */
  next(end: number): Promise<WireField | null>;
  /** Passes the value of a field. */
  skip(field: WireField): void;
  text(field: WireField, maxBytes: number): Promise<string>;
  bytes(field: WireField, maxBytes: number): Promise<Uint8Array>;
}

/** What is wrong with a protocol buffer, for the reader that knows the file. */
export class WireProblem extends Error {}

const utf8 = new TextDecoder('utf-8');

/** @internal Makes a {@link WireReader}. */
export function createWireReader(blocks: BlockReader): WireReader {
  const byte = async (): Promise<number> => {
    if (!blocks.buffered(1) && !(await blocks.fill(1))) throw new WireProblem('it ends within a field');
    return blocks.byte();
  };
  const varint = async (): Promise<number> => {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 10; count += 1) {
      const next = await byte();
      // Negative numbers fill ten bytes; nothing here needs their value.
      value += (next & 0x7f) * factor;
      factor *= 128;
      if (next < 0x80) return value;
    }
    throw new WireProblem('a number of more than ten bytes');
  };
  const skipBytes = (length: number): void => {
    if (!blocks.skip(length)) throw new WireProblem('a field ends beyond the file');
  };
  const bytes = async (field: WireField, maxBytes: number): Promise<Uint8Array> => {
    if (field.wire !== 2) throw new WireProblem(`field ${field.number} is of another kind`);
    if (field.value > maxBytes)
      throw new WireProblem(`field ${field.number} has ${field.value} bytes; ${maxBytes} are read`);
    if (field.value === 0) return new Uint8Array(0);
    if (!blocks.buffered(field.value) && !(await blocks.fill(field.value))) {
      throw new WireProblem('a field ends beyond the file');
    }
    const view = blocks.take(field.value);
    return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  };

  return {
    get position() {
      return blocks.position;
    },
    get remainingBytes() {
      return blocks.remainingBytes;
    },
    async next(end) {
      if (blocks.position >= end) return null;
      const tag = await varint();
      const number = Math.floor(tag / 8);
      const wire = tag % 8;
      if (number < 1 || number > 0x1fffffff) throw new WireProblem(`field ${number} is not allowed`);
      if (wire === 0) return { number, wire, value: await varint() };
      if (wire === 1 || wire === 5) return { number, wire, value: wire === 1 ? 8 : 4 };
      if (wire !== 2) throw new WireProblem(`field ${number} is of the unknown kind ${wire}`);
      const value = await varint();
      if (value > end - blocks.position) throw new WireProblem(`field ${number} ends beyond its message`);
      return { number, wire, value };
    },
    skip(field) {
      if (field.wire !== 0) skipBytes(field.value);
    },
    text: async (field, maxBytes) => utf8.decode(await bytes(field, maxBytes)),
    bytes,
  };
}
