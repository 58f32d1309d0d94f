/** A piece of a pickle: text stands for its latin1 bytes. */
export type Piece = string | Uint8Array;

/** Pieces after one another. */
export function bytesOf(...pieces: readonly Piece[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece))),
  );
}

function little(value: number | bigint, bytes: 1 | 2 | 4 | 8): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  return buffer.subarray(0, bytes);
}

/** Opcodes with their arguments, byte for byte. */
export const op = {
  proto: (version: number): Uint8Array => bytesOf('\x80', little(version, 1)),
  frame: (length: number): Uint8Array => bytesOf('\x95', little(length, 8)),
  /** GLOBAL of protocols 0 to 3. */
  global: (module: string, name: string): Uint8Array => bytesOf('c', Buffer.from(`${module}\n${name}\n`)),
  /** STACK_GLOBAL of protocol 4, with both names memoised as Python does. */
  stackGlobal: (module: string, name: string): Uint8Array =>
    bytesOf(op.short(module), '\x94', op.short(name), '\x94\x93\x94'),
  inst: (module: string, name: string): Uint8Array => bytesOf('i', Buffer.from(`${module}\n${name}\n`)),
  short: (text: string): Uint8Array => bytesOf('\x8c', little(Buffer.byteLength(text), 1), Buffer.from(text)),
  text: (text: string): Uint8Array => bytesOf('X', little(Buffer.byteLength(text), 4), Buffer.from(text)),
  longText: (text: string): Uint8Array => bytesOf('\x8d', little(Buffer.byteLength(text), 8), Buffer.from(text)),
  oldText: (text: string): Uint8Array => bytesOf('U', little(text.length, 1), text),
  bytes: (content: Uint8Array): Uint8Array => bytesOf('B', little(content.length, 4), content),
  shortBytes: (content: Uint8Array): Uint8Array => bytesOf('C', little(content.length, 1), content),
  int: (value: number): Uint8Array => bytesOf('J', little(value, 4)),
  small: (value: number): Uint8Array => bytesOf('K', little(value, 1)),
  put: (index: number): Uint8Array => bytesOf('q', little(index, 1)),
  longPut: (index: number): Uint8Array => bytesOf('r', little(index, 4)),
  get: (index: number): Uint8Array => bytesOf('h', little(index, 1)),
  long: (value: bigint): Uint8Array => {
    const bytes: number[] = [];
    for (let rest = value; rest > 0n; rest >>= 8n) bytes.push(Number(rest & 0xffn));
    if ((bytes.at(-1) ?? 0) >= 0x80) bytes.push(0);
    return bytesOf('\x8a', little(bytes.length, 1), Uint8Array.from(bytes));
  },
  ext1: (code: number): Uint8Array => bytesOf('\x82', little(code, 1)),
  ext2: (code: number): Uint8Array => bytesOf('\x83', little(code, 2)),
  ext4: (code: number): Uint8Array => bytesOf('\x84', little(code, 4)),
  float: (value: number): Uint8Array => {
    const buffer = Buffer.alloc(8);
    buffer.writeDoubleBE(value);
    return bytesOf('G', buffer);
  },
  tuple: (...items: readonly Piece[]): Uint8Array => bytesOf('(', ...items, 't'),
  dict: (...pairs: readonly (readonly [Piece, Piece])[]): Uint8Array => bytesOf('}(', ...pairs.flat(), 'u'),
  little: little as (value: number | bigint, bytes: 1 | 2 | 4 | 8) => Uint8Array,
} as const;

/** `callable(argument)` of protocol 2, with its STOP. */
export function calling(module: string, name: string, argument = 'touch /tmp/owned'): Uint8Array {
  return bytesOf(op.proto(2), op.global(module, name), op.text(argument), '\x85R.');
}

/** `callable(argument)` of protocol 4, with its STOP. */
export function callingFour(module: string, name: string, argument = 'touch /tmp/owned'): Uint8Array {
  return bytesOf(op.proto(4), op.stackGlobal(module, name), op.short(argument), '\x94\x85\x94R\x94.');
}
