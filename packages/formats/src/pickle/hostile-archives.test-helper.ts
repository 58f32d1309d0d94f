import { deflateRawSync, gzipSync } from 'node:zlib';
import { oldTarOf, oldTorch, tarHeaded, tarInPickle, tarOf } from './containers.test-helper.ts';
import type { HostileSample } from './hostile-opcodes.test-helper.ts';
import { bytesOf, calling, callingFour, op } from './pickle-builder.test-helper.ts';
import { craftZip, torchZip } from './zip-builder.test-helper.ts';

const evil = calling('os', 'system');
const storage = (key: string, count: number): Uint8Array =>
  bytesOf(
    '(',
    op.text('storage'),
    op.global('torch', 'FloatStorage'),
    op.text(key),
    op.text('cpu'),
    op.int(count),
    'tQ',
  );
const tensor = (key: string, count: number): Uint8Array =>
  bytesOf(
    op.global('torch._utils', '_rebuild_tensor_v2'),
    '(',
    storage(key, count),
    op.small(0),
    op.int(count),
    '\x85',
    op.small(1),
    '\x85\x89',
    op.global('collections', 'OrderedDict'),
    ')Rt',
    'R',
  );
const body = bytesOf('}', op.text('weight'), tensor('0', 4), 's');
const benign = bytesOf(op.proto(2), body, '.');
const numbers = { path: 'archive/data/0', bytes: new Uint8Array(16), described: true };
const main = { path: 'archive/data.pkl', bytes: benign };
/** Numbers that reach over the first 512 bytes of an archive that begins with them. */
const plenty = { path: 'archive/data/0', bytes: new Uint8Array(1_000) };
const body1000 = {
  path: 'archive/data.pkl',
  bytes: bytesOf(op.proto(2), '}', op.text('weight'), tensor('0', 250), 's.'),
};
const hidden = { path: 'archive/data.pkl', bytes: evil };

const dangerous: readonly (readonly [string, Uint8Array])[] = [
  ['data.pkl', torchZip(evil, [numbers])],
  ['data.pkl of protocol 4', torchZip(callingFour('os', 'system'), [numbers])],
  ['data.pkl at the top', craftZip([{ path: 'data.pkl', bytes: evil }])],
  ['a deflated data.pkl', craftZip([{ ...hidden, deflate: true }])],
  ['another pickle beside data.pkl', torchZip(benign, [numbers, { path: 'archive/extra.pkl', bytes: evil }])],
  ['another data.pkl in another folder', torchZip(benign, [numbers, { path: 'other/data.pkl', bytes: evil }])],
  ['a pickle of no telling name', torchZip(benign, [numbers, { path: 'archive/readme.txt', bytes: evil }])],
  [
    'a deflated pickle of no telling name',
    torchZip(benign, [numbers, { path: 'archive/notes', bytes: evil, deflate: true }]),
  ],
  [
    'a pickle of protocol 0 of no telling name',
    torchZip(benign, [numbers, { path: 'x', bytes: bytesOf('cos\nsystem\n(tR.') }]),
  ],
  ['a pickle where numbers should be', torchZip(benign, [numbers, { path: 'archive/data/1', bytes: evil }])],
  ['numbers too short for their tensor', torchZip(benign, [{ ...numbers, bytes: bytesOf('cos\nsystem\n)R.') }])],
  [
    'numbers of the right length that are a pickle',
    torchZip(benign, [{ ...numbers, bytes: bytesOf('cos\nsystem\n)R.', '  ') }]),
  ],
  ['a pickle as the version', craftZip([main, { path: 'archive/version', bytes: evil }, numbers])],
  ['a member with an upper-case name', torchZip(benign, [numbers, { path: 'archive/DATA.PKL', bytes: evil }])],
  ['encryption', craftZip([{ ...main, flags: 0x0801 }, numbers])],
  ['strong encryption', craftZip([{ ...main, flags: 0x0840 }, numbers])],
  ['a masked header', craftZip([{ ...main, flags: 0x2800 }, numbers])],
  ['a flag that nobody knows', craftZip([{ ...main, flags: 0x4800 }, numbers])],
  ['encryption in the header only', craftZip([{ ...main, local: { flags: 0x0801 } }, numbers])],
  ['another name in the header', craftZip([{ ...main, local: { path: 'archive/data.xyz' } }, numbers])],
  ['another compression in the header', craftZip([{ ...main, local: { method: 8 } }, numbers])],
  ['another size in the header', craftZip([{ ...main, local: { sizeBytes: 3 } }, numbers])],
  ['another checksum in the header', craftZip([{ ...main, local: { crc: 7 } }, numbers])],
  [
    'numbers with another name in the header',
    craftZip([main, { path: 'archive/data/0', bytes: new Uint8Array(16), local: { path: 'archive/datapkl' } }]),
  ],
  ['two members of one name', craftZip([main, numbers, hidden])],
  ['two members of one name, the first hostile', craftZip([hidden, numbers, main])],
  ['two members of nearly one name', craftZip([main, numbers, { path: 'archive//data.pkl', bytes: benign }])],
  ['two members in other letters', craftZip([main, numbers, { path: 'ARCHIVE/data.pkl', bytes: benign }])],
  ['a pickle before the archive', craftZip([main, numbers], { prefix: evil })],
  ['bytes before the archive', craftZip([main, numbers], { prefix: bytesOf('PK\x03\x04', new Uint8Array(60)) })],
  ['bytes between members', craftZip([main, { ...numbers, gap: evil }])],
  [
    'a member that the directory does not list',
    craftZip([main, numbers, { path: 'archive/x.pkl', bytes: evil, unlisted: true }]),
  ],
  ['bytes before the directory', craftZip([main, numbers], { beforeDirectory: evil })],
  ['bytes behind the end', craftZip([main, numbers], { suffix: evil })],
  ['a count that is too low', craftZip([main, numbers], { count: 1 })],
  ['a count that is too high', craftZip([main, numbers], { count: 9 })],
  ['one of several disks', craftZip([main, numbers], { disk: 1 })],
  ['a directory that is elsewhere', craftZip([main, numbers], { directoryOffset: 3 })],
  ['a directory beyond the file', craftZip([main, numbers], { directoryOffset: 0x7fffffff })],
  ['a directory whose large end is missing', craftZip([main, numbers], { directoryOffset: 0xffffffff })],
  ['no directory', craftZip([hidden, numbers], { omitDirectory: true })],
  ['no directory, and nothing in it', craftZip([main, numbers], { omitDirectory: true })],
  ['a member beyond the file', craftZip([main, { ...numbers, offset: 0x7fffff00 }])],
  [
    'a member within another',
    craftZip([main, numbers, { path: 'archive/data/1', bytes: new Uint8Array(4), offset: 0 }]),
  ],
  ['a name that leads upwards', craftZip([main, numbers, { path: '../../x', bytes: bytesOf('x') }])],
  ['an absolute name', craftZip([main, numbers, { path: '/etc/x', bytes: bytesOf('x') }])],
  ['a name with backslashes', craftZip([main, numbers, { path: 'archive\\data.pkl', bytes: bytesOf('x') }])],
  ['a name with a NUL', craftZip([main, numbers, { path: 'archive/data.pkl\0.txt', bytes: bytesOf('x') }])],
  ['an archive in a member that calls', torchZip(benign, [numbers, { path: 'archive/x', bytes: craftZip([hidden]) }])],
  [
    'the old format, in the model',
    oldTorch({ saved: bytesOf(op.proto(2), op.global('os', 'system'), op.text('x'), '\x85R.') }),
  ],
  ['the old format, in the system', oldTorch({ system: evil })],
  ['the old format, in a sixth pickle', oldTorch({ tail: evil })],
  ['the old format, in a first pickle', bytesOf(evil, oldTorch({}))],
  ['a pickle that ends in an archive', bytesOf(benign, craftZip([main, numbers]))],
  ['a pickle that is an archive for who looks from its end', bytesOf(op.proto(2), 'N.', craftZip([main]))],
  ['a pickle in a tar archive', tarOf({ pickle: evil })],
  ['a zip archive that is a tar archive too', tarHeaded(craftZip([{ ...plenty, crc: 7 }, body1000]))],
  ['a pickle in a tar archive of before 1988', oldTarOf({ pickle: evil })],
  ['a tar archive in the bytes of a pickle', tarInPickle({ pickle: evil })],
  ['a tar archive in the bytes of a pickle, its checksum in bytes', tarInPickle({ pickle: evil }, 'bytes')],
  ...(['I0x10', `I${'1'.repeat(200)}`] as const).map((number): readonly [string, Uint8Array] => [
    `a pickle of no telling name that begins with the number ${number.slice(0, 5)}`,
    torchZip(benign, [numbers, { path: 'archive/x', bytes: bytesOf(`${number}\n0cos\nsystem\n)R.`) }]),
  ]),
];

const suspicious: readonly (readonly [string, Uint8Array])[] = [
  ['a wrong checksum', craftZip([{ ...main, crc: 7 }, numbers])],
  ...(
    [
      ['more values', 'N'.repeat(10_001)],
      ['more marks', '('.repeat(10_001)],
      ['more opcodes', 'N0'.repeat(500_001)],
      ['a longer line', `V${'x'.repeat(70_000)}\n0`],
    ] as const
  ).map(([what, beginning]): readonly [string, Uint8Array] => [
    `a pickle of no telling name that begins with ${what} than are looked at`,
    torchZip(benign, [numbers, { path: 'archive/x', bytes: bytesOf(beginning, 'cos\nsystem\n)R.') }]),
  ]),
  ['a wrong checksum of deflated bytes', craftZip([{ ...main, deflate: true, crc: 7 }, numbers])],
  ['a size that is too low', craftZip([{ ...main, deflate: true, sizeBytes: 2 }, numbers])],
  [
    'a pickle that inflates without end',
    craftZip([{ path: 'archive/data.pkl', bytes: bytesOf('x'), deflate: true, sizeBytes: 70_000_000 }, numbers]),
  ],
  [
    'a pickle that inflates to more than it says',
    craftZip([{ path: 'archive/data.pkl', bytes: new Uint8Array(68_000_000), deflate: true, sizeBytes: 10 }]),
  ],
  ['compression with bzip2', craftZip([{ ...main, method: 12 }, numbers])],
  ['compression with lzma', craftZip([{ ...main, method: 14 }, numbers])],
  ['compression with zstd', craftZip([{ ...main, method: 93 }, numbers])],
  ['bytes that are not deflated', craftZip([{ path: 'archive/data.pkl', bytes: bytesOf('\xff\xff\xff'), method: 8 }])],
  ['an archive in a member', torchZip(benign, [numbers, { path: 'archive/x', bytes: craftZip([main, numbers]) }])],
  [
    'a 7z file in a member',
    torchZip(benign, [numbers, { path: 'archive/x', bytes: bytesOf('7z\xbc\xaf\x27\x1c', new Uint8Array(32)) }]),
  ],
  [
    'a gzip file in a member',
    torchZip(benign, [numbers, { path: 'archive/x', bytes: new Uint8Array(gzipSync(evil)) }]),
  ],
  [
    'a program of TorchScript',
    torchZip(benign, [numbers, { path: 'archive/code/__torch__.py', bytes: bytesOf('import os') }]),
  ],
  ['a main pickle that is broken', torchZip(bytesOf('garbage'), [numbers])],
  ['the old format with bytes too many', oldTorch({ numbers: new Uint8Array(64) })],
  ['the old format with bytes too few', oldTorch({ numbers: new Uint8Array(3) })],
];

const unscanned: readonly (readonly [string, Uint8Array])[] = [
  ['7z', bytesOf('7z\xbc\xaf\x27\x1c\x00\x04', new Uint8Array(32))],
  ['rar', bytesOf('Rar!\x1a\x07\x01\x00', new Uint8Array(32))],
  ['gzip', new Uint8Array(gzipSync(evil))],
  ['bzip2', bytesOf('BZh91AY&SY', new Uint8Array(32))],
  ['xz', bytesOf('\xfd7zXZ\x00', new Uint8Array(32))],
  ['zstd', bytesOf('\x28\xb5\x2f\xfd', new Uint8Array(32))],
  ['lz4', bytesOf('\x04\x22\x4d\x18', new Uint8Array(32))],
  ['HDF5, which Keras writes', bytesOf('\x89HDF\r\n\x1a\n', new Uint8Array(32))],
  ['an array of numpy, which may hold a pickle', bytesOf('\x93NUMPY\x01\x00', new Uint8Array(32))],
  ['a tar archive', tarOf({ note: bytesOf('x') })],
  ['an archive without a pickle', craftZip([{ path: 'note.txt', bytes: bytesOf('note') }])],
  ['an empty archive', craftZip([])],
  ['deflated bytes by themselves', new Uint8Array(deflateRawSync(evil))],
  ['a web page', bytesOf('<!doctype html><title>Not found</title>')],
  ['JSON', bytesOf('{"error": "not found"}')],
  ['nothing', new Uint8Array(0)],
  ['zeros', new Uint8Array(64)],
];

/** @internal Archives and other containers that get round scanners. */
export const hostileArchives: readonly HostileSample[] = [
  ...dangerous.map(([name, bytes]): HostileSample => ({ name, bytes, verdict: 'dangerous' })),
  ...suspicious.map(([name, bytes]): HostileSample => ({ name, bytes, verdict: 'suspicious' })),
  ...unscanned.map(([name, bytes]): HostileSample => ({ name, bytes, verdict: 'unscanned' })),
];
