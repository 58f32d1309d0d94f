import { suspiciousOpcodes } from './hostile-limits.test-helper.ts';
import { bytesOf, calling, callingFour, op } from './pickle-builder.test-helper.ts';

/** A sample and the least that has to be said of it. */
export interface HostileSample {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly verdict: 'dangerous' | 'suspicious' | 'unscanned';
}

const OWN = 'touch /tmp/owned';
const two = op.proto(2);
const four = op.proto(4);
const system = bytesOf(op.global('os', 'system'), op.text(OWN), '\x85R');
const benign = bytesOf(two, '}', op.text('a'), op.small(1), 's.');
const repeated = (text: string, times: number): Uint8Array => bytesOf(text.repeat(times));

const dangerous: readonly (readonly [string, Uint8Array])[] = [
  ['protocol 0', bytesOf(`cos\nsystem\n(S'${OWN}'\ntR.`)],
  ['protocol 0 below the name of Windows', bytesOf(`cnt\nsystem\n(V${OWN}\ntR.`)],
  ['INST', bytesOf(`(S'${OWN}'\nios\nsystem\n.`)],
  ['OBJ', bytesOf('(', op.global('os', 'system'), op.text(OWN), 'o.')],
  ['NEWOBJ', bytesOf(two, op.global('subprocess', 'Popen'), op.text(OWN), '\x85\x81.')],
  ['NEWOBJ_EX', bytesOf(four, op.stackGlobal('subprocess', 'Popen'), op.short(OWN), '\x85}\x92.')],
  [
    'STACK_GLOBAL with names from the memo',
    bytesOf(
      four,
      op.short('os'),
      '\x940',
      op.short('system'),
      '\x940',
      op.get(0),
      op.get(1),
      '\x93',
      op.short(OWN),
      '\x85R.',
    ),
  ],
  [
    'STACK_GLOBAL with names put long before',
    bytesOf(
      four,
      op.short('system'),
      op.longPut(70_000),
      '0',
      op.short('os'),
      'j',
      op.little(70_000, 4),
      '\x93',
      op.short(OWN),
      '\x85R.',
    ),
  ],
  ['STACK_GLOBAL with one text twice', bytesOf(four, op.short('code'), '2\x93)R.')],
  [
    'STACK_GLOBAL with long texts',
    bytesOf(four, op.longText('os'), op.longText('system'), '\x93', op.longText(OWN), '\x85R.'),
  ],
  [
    'STACK_GLOBAL with old texts',
    bytesOf(four, op.oldText('os'), op.oldText('system'), '\x93', op.oldText(OWN), '\x85R.'),
  ],
  [
    'STACK_GLOBAL with escaped texts',
    bytesOf(four, "S'\\x6f\\163'\n", 'Vsys\\u0074em\n', '\x93', op.short(OWN), '\x85R.'),
  ],
  ['STACK_GLOBAL with what is no text', bytesOf(four, op.small(1), op.short('system'), '\x93)R.')],
  ['STACK_GLOBAL with bytes', bytesOf(four, op.shortBytes(bytesOf('os')), op.short('system'), '\x93)R.')],
  [
    'STACK_GLOBAL with a computed text',
    bytesOf(
      four,
      op.stackGlobal('_codecs', 'encode'),
      op.short('b3'),
      op.short('latin1'),
      '\x86R',
      op.short('system'),
      '\x93)R.',
    ),
  ],
  [
    'STACK_GLOBAL with a text too long to look at',
    bytesOf(four, op.text('o'.repeat(70_000)), op.short('system'), '\x93)R.'),
  ],
  ['EXT1', bytesOf(two, op.ext1(7), ')R.')],
  ['EXT2', bytesOf(two, op.ext2(700), ')R.')],
  ['EXT4', bytesOf(two, op.ext4(70_000), ')R.')],
  ['a call whose result is dropped', bytesOf(two, system, '0}.')],
  ['a call before a state dict', bytesOf(two, system, '0}', op.text('a'), op.small(1), 's.')],
  ['a call within a mark that is dropped', bytesOf(two, '(', system, '1}.')],
  ['a call as a key', bytesOf(two, '}(', system, op.small(1), 'u.')],
  ['a call as a tensor', bytesOf(two, '}', op.text('weight'), system, 's.')],
  ['a call as the argument of a harmless one', bytesOf(two, op.global('collections', 'OrderedDict'), system, '\x85R.')],
  [
    'a call as the state of a harmless one',
    bytesOf(two, op.global('collections', 'OrderedDict'), ')R}', op.text('a'), system, 'sb.'),
  ],
  [
    'a harmless call with a hostile factory',
    bytesOf(two, op.global('collections', 'defaultdict'), op.global('os', 'system'), '\x85R.'),
  ],
  [
    'a hostile class made by copyreg',
    bytesOf(
      two,
      op.global('copy_reg', '_reconstructor'),
      '(',
      op.global('subprocess', 'Popen'),
      op.global('__builtin__', 'object'),
      'Nt',
      'R.',
    ),
  ],
  [
    'a call of the result of a call',
    bytesOf(two, op.global('collections', 'OrderedDict'), ')R', op.text(OWN), '\x85R.'),
  ],
  ['a call of a text', bytesOf(two, op.text('os.system'), op.text(OWN), '\x85R.')],
  ['a call of a persistent object', bytesOf(two, op.text('x'), 'Q', op.text(OWN), '\x85R.')],
  [
    'a call with arguments that are no tuple',
    bytesOf(two, op.global('collections', 'OrderedDict'), op.text('x'), 'R.'),
  ],
  [
    'a harmless name reached through another module',
    bytesOf(four, op.stackGlobal('torch', '_utils._rebuild_tensor_v2'), ')R.'),
  ],
  [
    'a name through an attribute',
    bytesOf(four, op.stackGlobal('collections', 'OrderedDict.__init__.__globals__'), ')R.'),
  ],
  ['an attribute of an allowed module', bytesOf(four, op.stackGlobal('collections', '_sys'), ')R.')],
  ['an inner name of an allowed module', callingFour('torch._utils', '__builtins__')],
  ['a name that no program can write', callingFour('os ', 'system')],
  ['a name with a carriage return', bytesOf('cos\r\nsystem\r\n(tR.')],
  ['a name that is empty', bytesOf(two, 'c\n\n)R.')],
  ['a name with a NUL', callingFour('os\0x', 'system')],
  ['a name with a direction mark', callingFour('os\u202e', 'system')],
  ['a name that is no UTF-8', bytesOf(two, 'co\xff\nsystem\n)R.')],
  [
    'a class that is changed',
    bytesOf(two, op.global('collections', 'OrderedDict'), 'N}', op.text('get'), op.text('x'), 's\x86b.'),
  ],
  ['a class that takes items', bytesOf(two, op.global('collections', 'OrderedDict'), op.text('a'), op.small(1), 's.')],
  [
    'a state that replaces the class',
    bytesOf(two, op.global('collections', 'OrderedDict'), ')R}', op.text('__class__'), op.small(1), 'sb.'),
  ],
  [
    'a state that replaces a slot',
    bytesOf(two, op.global('collections', 'OrderedDict'), ')RN}', op.text('__reduce__'), op.small(1), 's\x86b.'),
  ],
  [
    'a state whose name is put together',
    bytesOf(
      two,
      op.global('collections', 'OrderedDict'),
      ')R}',
      op.global('__builtin__', 'str'),
      op.bytes(bytesOf('__class__')),
      op.text('utf-8'),
      '\x86R',
      op.small(1),
      'sb.',
    ),
  ],
  ['a hidden text', bytesOf(two, op.global('_codecs', 'encode'), op.text('bf.flfgrz'), op.text('rot13'), '\x86R.')],
  [
    'a tensor of a type that calls',
    bytesOf(
      two,
      op.global('torch._tensor', '_rebuild_from_type_v2'),
      '(',
      op.text('os.system'),
      op.global('torch', 'Tensor'),
      ')Nt',
      'R.',
    ),
  ],
  [
    'an object array of numpy with a call',
    bytesOf(
      two,
      op.global('numpy.core.multiarray', '_reconstruct'),
      '(',
      op.global('numpy', 'ndarray'),
      'K\x00\x85',
      op.shortBytes(bytesOf('b')),
      't',
      'R(',
      'K\x01K\x01\x85',
      op.global('numpy', 'dtype'),
      op.text('O8'),
      '\x89\x88\x87R\x89]',
      system,
      'atb.',
    ),
  ],
  [
    'a scalar of numpy with a call',
    bytesOf(
      two,
      op.global('numpy.core.multiarray', 'scalar'),
      op.global('numpy', 'dtype'),
      op.text('O'),
      '\x89\x88\x87R',
      system,
      '\x86R.',
    ),
  ],
  ['numpy under an allowed prefix', calling('numpy.core.multiarray', 'fromfile')],
  ['torch under an allowed prefix', calling('torch._utils', '_import_dotted_name')],
  ['a module that is imported as the file ends', bytesOf(two, 'cos\nsystem')],
  ...['I0x10', 'I0o17', 'I0b11', 'L-0xffL', `I${'1'.repeat(200)}`].map((number): readonly [string, Uint8Array] => [
    `a call after the number ${number.slice(0, 8)}`,
    bytesOf(`${number}\n0`, system, '.'),
  ]),
  [
    'a parameter with a state that replaces its class',
    bytesOf(
      two,
      op.global('torch._utils', '_rebuild_parameter_with_state'),
      '(N\x88N}',
      op.text('__class__'),
      op.global('collections', 'OrderedDict'),
      'stR.',
    ),
  ],
  ['a call and then nothing that is understood', bytesOf(two, system, '\xff\xff')],
  ['a call and then the end', bytesOf(two, system)],
  ['a call and then a missing value', bytesOf(two, system, '00')],
  ['a call and then a missing memo', bytesOf(two, system, op.get(99), '.')],
  ['a call and then a text beyond the end', bytesOf(two, system, 'X\xff\xff\xff\x7f')],
  ['a call and then a text of negative length', bytesOf(two, system, 'T\xff\xff\xff\xff.')],
  ['a call and then a number of negative length', bytesOf(two, system, '\x8b\xff\xff\xff\xff.')],
  ['a call after the end', bytesOf(benign, calling('os', 'system'))],
  ['a call in the third of three', bytesOf(benign, benign, calling('os', 'system'))],
  ['a call after two protocols', bytesOf(two, four, op.proto(0), system, '.')],
  ['a call in a frame that is too short', bytesOf(four, op.frame(1), system, '.')],
  ['a call in a frame that is too long', bytesOf(four, op.frame(1_000_000), system, '.')],
  ['a call after many opcodes', bytesOf(two, repeated('N0', 400_000), system, '.')],
  ['an archive behind the pickle', bytesOf(benign, 'PK\x03\x04', new Uint8Array(40))],
  [
    'a tensor in bytes that calls',
    bytesOf(two, op.global('torch.storage', '_load_from_bytes'), op.bytes(calling('os', 'system')), '\x85R.'),
  ],
  [
    'a tensor in bytes in bytes that calls',
    bytesOf(
      two,
      op.global('torch.storage', '_load_from_bytes'),
      op.bytes(
        bytesOf(two, op.global('torch.storage', '_load_from_bytes'), op.bytes(calling('os', 'system')), '\x85R.'),
      ),
      '\x85R.',
    ),
  ],
];

/** @internal Pickles that get round scanners by what they do, not by what they call. */
export const hostileOpcodes: readonly HostileSample[] = [
  ...dangerous.map(([name, bytes]): HostileSample => ({ name, bytes, verdict: 'dangerous' })),
  ...suspiciousOpcodes.map(([name, bytes]): HostileSample => ({ name, bytes, verdict: 'suspicious' })),
];
