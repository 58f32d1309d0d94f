/** What follows an opcode. Lines end with `\n`; numbers in the names are the bytes of a length or a value. */
export type ArgumentKind =
  | 'none'
  | 'unsigned1'
  | 'unsigned2'
  | 'unsigned4'
  | 'signed4'
  | 'unsigned8'
  | 'float8'
  | 'line'
  | 'twoLines'
  | 'text1'
  | 'text4'
  | 'text8'
  | 'bytes1'
  | 'bytes4'
  | 'bytes8'
  | 'latin1'
  | 'latin4'
  | 'long1'
  | 'long4';

/** One opcode of the pickle machine. */
export interface Opcode {
  readonly name: string;
  readonly argument: ArgumentKind;
}

/** Opcode by its byte; source: the module pickletools of Python 3, protocols 0 to 5. */
const table: readonly (readonly [byte: string, name: string, argument?: ArgumentKind])[] = [
  ['(', 'MARK'],
  ['.', 'STOP'],
  ['0', 'POP'],
  ['1', 'POP_MARK'],
  ['2', 'DUP'],
  ['F', 'FLOAT', 'line'],
  ['I', 'INT', 'line'],
  ['J', 'BININT', 'signed4'],
  ['K', 'BININT1', 'unsigned1'],
  ['L', 'LONG', 'line'],
  ['M', 'BININT2', 'unsigned2'],
  ['N', 'NONE'],
  ['P', 'PERSID', 'line'],
  ['Q', 'BINPERSID'],
  ['R', 'REDUCE'],
  ['S', 'STRING', 'line'],
  ['T', 'BINSTRING', 'latin4'],
  ['U', 'SHORT_BINSTRING', 'latin1'],
  ['V', 'UNICODE', 'line'],
  ['X', 'BINUNICODE', 'text4'],
  ['a', 'APPEND'],
  ['b', 'BUILD'],
  ['c', 'GLOBAL', 'twoLines'],
  ['d', 'DICT'],
  ['}', 'EMPTY_DICT'],
  ['e', 'APPENDS'],
  ['g', 'GET', 'line'],
  ['h', 'BINGET', 'unsigned1'],
  ['i', 'INST', 'twoLines'],
  ['j', 'LONG_BINGET', 'unsigned4'],
  ['l', 'LIST'],
  [']', 'EMPTY_LIST'],
  ['o', 'OBJ'],
  ['p', 'PUT', 'line'],
  ['q', 'BINPUT', 'unsigned1'],
  ['r', 'LONG_BINPUT', 'unsigned4'],
  ['s', 'SETITEM'],
  ['t', 'TUPLE'],
  [')', 'EMPTY_TUPLE'],
  ['u', 'SETITEMS'],
  ['G', 'BINFLOAT', 'float8'],
  ['B', 'BINBYTES', 'bytes4'],
  ['C', 'SHORT_BINBYTES', 'bytes1'],
  ['\u0080', 'PROTO', 'unsigned1'],
  ['\u0081', 'NEWOBJ'],
  ['\u0082', 'EXT1', 'unsigned1'],
  ['\u0083', 'EXT2', 'unsigned2'],
  ['\u0084', 'EXT4', 'signed4'],
  ['\u0085', 'TUPLE1'],
  ['\u0086', 'TUPLE2'],
  ['\u0087', 'TUPLE3'],
  ['\u0088', 'NEWTRUE'],
  ['\u0089', 'NEWFALSE'],
  ['\u008a', 'LONG1', 'long1'],
  ['\u008b', 'LONG4', 'long4'],
  ['\u008c', 'SHORT_BINUNICODE', 'text1'],
  ['\u008d', 'BINUNICODE8', 'text8'],
  ['\u008e', 'BINBYTES8', 'bytes8'],
  ['\u008f', 'EMPTY_SET'],
  ['\u0090', 'ADDITEMS'],
  ['\u0091', 'FROZENSET'],
  ['\u0092', 'NEWOBJ_EX'],
  ['\u0093', 'STACK_GLOBAL'],
  ['\u0094', 'MEMOIZE'],
  ['\u0095', 'FRAME', 'unsigned8'],
  ['\u0096', 'BYTEARRAY8', 'bytes8'],
  ['\u0097', 'NEXT_BUFFER'],
  ['\u0098', 'READONLY_BUFFER'],
];

const byByte: readonly (Opcode | undefined)[] = table.reduce<(Opcode | undefined)[]>(
  (opcodes, [byte, name, argument]) => {
    opcodes[byte.charCodeAt(0)] = { name, argument: argument ?? 'none' };
    return opcodes;
  },
  Array.from({ length: 256 }),
);

/** @internal The opcode of a byte, or undefined for a byte that is none. */
export function opcodeOf(byte: number): Opcode | undefined {
  return byByte[byte];
}
