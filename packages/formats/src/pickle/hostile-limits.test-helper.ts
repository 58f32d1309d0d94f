import { bytesOf, calling, op } from './pickle-builder.test-helper.ts';

const OWN = 'touch /tmp/owned';
const two = op.proto(2);
const four = op.proto(4);
const system = bytesOf(op.global('os', 'system'), op.text(OWN), '\x85R');
const benign = bytesOf(two, '}', op.text('a'), op.small(1), 's.');
const repeated = (text: string, times: number): Uint8Array => bytesOf(text.repeat(times));

/** @internal Pickles that ask for too much, that are broken, or that make of bytes what they are not. */
export const suspiciousOpcodes: readonly (readonly [string, Uint8Array])[] = [
  [
    'an array of numpy over bytes that are to be objects',
    bytesOf(
      two,
      op.global('numpy', 'ndarray'),
      '(K\x01\x85',
      op.global('numpy', 'dtype'),
      op.text('O8'),
      '\x89\x88\x87R',
      op.bytes(new Uint8Array(8)),
      'tR.',
    ),
  ],
  ['a type of numpy that is put together', bytesOf(two, op.global('numpy', 'dtype'), op.text('O,f8'), '\x85R.')],
  [
    'a type of numpy made of a list',
    bytesOf(two, op.global('numpy', 'dtype'), ']', op.text('a'), op.text('O'), '\x86a\x85R.'),
  ],
  [
    'a type of numpy with fields in its state',
    bytesOf(
      two,
      op.global('numpy', 'dtype'),
      op.text('V8'),
      '\x85R(K\x03',
      op.text('|'),
      'N',
      op.text('a'),
      '\x85}K\x08K\x01K\x00tb.',
    ),
  ],
  [
    'a type of numpy with flags of another',
    bytesOf(
      two,
      op.global('numpy', 'dtype'),
      op.text('O8'),
      '\x85R(K\x03',
      op.text('|'),
      'NNN',
      op.int(-1),
      op.int(-1),
      op.small(1),
      'tb.',
    ),
  ],
  ['a line that is longer than is looked at', bytesOf(`V${'x'.repeat(70_000)}\n0`, system, '.')],
  ['a persistent object that is no storage', bytesOf(two, '(', op.text('module'), op.text('x'), 'tQ.')],
  ['a persistent object by line', bytesOf('Pevil\n.')],
  [
    'a storage of an unknown type',
    bytesOf(
      two,
      '(',
      op.text('storage'),
      op.global('collections', 'OrderedDict'),
      op.text('0'),
      op.text('cpu'),
      op.small(1),
      'tQ.',
    ),
  ],
  ['a memo that fills the memory', bytesOf(two, 'N', op.longPut(0xfffffff0), '.')],
  ['more opcodes than are looked at', bytesOf(two, repeated('N0', 500_001), 'N.')],
  ['more values than are looked at', bytesOf(two, repeated('N', 10_001), '.')],
  ['more marks than are looked at', bytesOf(two, repeated('(', 10_001), '.')],
  ['numbers that fill the memory', bytesOf(two, op.global('torch', 'UntypedStorage'), op.long(2n ** 46n), '\x85R.')],
  ['a tensor that fills the memory', bytesOf(two, op.global('torch', 'Tensor'), op.long(2n ** 46n), '\x85R.')],
  ['a fraction without end', bytesOf(two, op.global('fractions', 'Fraction'), op.text('1e999999999'), '\x85R.')],
  ['a decimal without end', bytesOf(two, op.global('decimal', 'Decimal'), op.text('1E+999999999'), '\x85R.')],
  ['a million values in containers', bytesOf(two, repeated(')', 10_000), repeated('2', 1_000), '.')],
  ['a protocol of the future', bytesOf(op.proto(6), 'N.')],
  ['an opcode of the future', bytesOf(four, 'N\xfe.')],
  ['bytes from outside', bytesOf(op.proto(5), '\x97.')],
  ['bytes from outside that are only read', bytesOf(op.proto(5), '\x97\x98.')],
  ['a pickle that is cut', benign.subarray(0, benign.length - 1)],
  ['a pickle with a tail of zeros', bytesOf(benign, new Uint8Array(16))],
  ['a pickle with a tail of text', bytesOf(benign, 'import os')],
  [
    'room for a billion numbers',
    bytesOf(two, op.global('__builtin__', 'bytearray'), op.long(1_000_000_000_000n), '\x85R.'),
  ],
  [
    'room for an array of numpy',
    bytesOf(two, op.global('numpy', 'ndarray'), op.int(2_000_000_000), op.int(2_000_000_000), '\x86\x85R.'),
  ],
  ['a state for a dictionary', bytesOf(two, '}}b.')],
  ['named arguments', bytesOf(four, op.stackGlobal('collections', 'OrderedDict'), ')}', op.short('x'), 'Ns\x92.')],
  ['a tensor in bytes', bytesOf(two, op.global('torch.storage', '_load_from_bytes'), op.bytes(benign), '\x85R.')],
  ['a number that is none', bytesOf(two, 'Iabc\n.')],
  ['a text without quotes', bytesOf(two, 'Sabc\n.')],
  ['a key without a value', bytesOf(two, '}(Nu.')],
  ['more pickles than are looked at', bytesOf(...Array.from({ length: 1_002 }, () => 'N.'), calling('os', 'system'))],
];
