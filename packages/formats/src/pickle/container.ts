/** Archives and compressions that may hold a pickle, by the bytes that they begin with. */
const signatures: readonly (readonly [name: string, bytes: readonly number[], at?: number])[] = [
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['rar', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['hdf5', [0x89, 0x48, 0x44, 0x46]],
  ['npy', [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]],
  ['tar', [0x75, 0x73, 0x74, 0x61, 0x72], 257],
];

/** @internal The archive that bytes begin, or null. A tar file of old is known by nothing but its checksum. */
export function containerOf(head: Uint8Array): string | null {
  const found = signatures.find(([, bytes, at = 0]) => bytes.every((byte, index) => head[at + index] === byte));
  return found?.[0] ?? (isTarHeader(head) ? 'tar' : null);
}

const TAR_BLOCK = 512;
const CHECKSUM = { from: 148, to: 156 } as const;

/** @internal Programs take any block whose bytes, signed or not, add up to what it says, with blanks in the place of the sum. */
export function isTarHeader(head: Uint8Array): boolean {
  if (head.length < TAR_BLOCK) return false;
  const block = head.subarray(0, TAR_BLOCK);
  const told = tarNumber(block.subarray(CHECKSUM.from, CHECKSUM.to));
  let unsigned = 0;
  let signed = 0;
  for (const [at, byte] of block.entries()) {
    const value = at >= CHECKSUM.from && at < CHECKSUM.to ? 0x20 : byte;
    unsigned += value;
    signed += value < 0x80 ? value : value - 0x100;
  }
  return told === unsigned || told === signed;
}

/** Octal digits, however they are written, or bytes behind a mark; source: `nti` of Python's tarfile. */
function tarNumber(field: Uint8Array): number {
  const [mark, ...bytes] = field;
  if (mark === 0x80 || mark === 0xff) {
    const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    return mark === 0xff ? value - 256 ** bytes.length : value;
  }
  const text = Buffer.from(field).toString('latin1').replace(/\0.*$/s, '').trim().replaceAll('_', '');
  const [, sign, digits = '0'] = /^([+-]?)(?:0[oO])?([0-7]*)$/.exec(text) ?? [];
  if (sign === undefined) return Number.NaN;
  return Number.parseInt(digits === '' ? '0' : digits, 8) * (sign === '-' ? -1 : 1);
}
