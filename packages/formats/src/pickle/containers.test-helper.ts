import { bytesOf, op } from './pickle-builder.test-helper.ts';

/** A tar file of the kind that torch wrote until 2016. */
export function tarOf(members: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const pieces = Object.entries(members).map(([name, bytes]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0, 'latin1');
    header.write(bytes.length.toString(8).padStart(11, '0'), 124, 'latin1');
    header.write('ustar', 257, 'latin1');
    return bytesOf(header, bytes, new Uint8Array((512 - (bytes.length % 512)) % 512));
  });
  return bytesOf(...pieces, new Uint8Array(1_024));
}

type Checksum = 'octal' | 'bytes';

/** A tar file without the mark of later ones: a checksum is all that it is known by. */
export function oldTarOf(members: Readonly<Record<string, Uint8Array>>, checksum: Checksum = 'octal'): Uint8Array {
  const pieces = Object.entries(members).map(([name, bytes]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0, 'latin1');
    header.write(bytes.length.toString(8).padStart(11, '0'), 124, 'latin1');
    header.fill(' ', 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    if (checksum === 'octal') header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    else header.fill(0, 148, 156).writeUInt32BE(sum, 152);
    if (checksum === 'bytes') header[148] = 0x80;
    return bytesOf(header, bytes, new Uint8Array((512 - (bytes.length % 512)) % 512));
  });
  return bytesOf(...pieces, new Uint8Array(1_024));
}

/** Makes the first 512 bytes of a file the header of a tar file, by the checksum where that belongs. */
export function tarHeaded(bytes: Uint8Array, ending = '\0 '): Uint8Array {
  const header = Buffer.from(bytes.slice(0, 512)).fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(sum.toString(8).padStart(8 - ending.length, '0') + ending, 148, 'latin1');
  return bytesOf(header, bytes.subarray(512));
}

/** A pickle of bytes to one program, to torch's first loader a tar file: the name of its first member begins the pickle. */
export function tarInPickle(members: Readonly<Record<string, Uint8Array>>, checksum: Checksum = 'octal'): Uint8Array {
  const archive = (length: number): Uint8Array =>
    oldTarOf(
      { [`\x80\x04\x8e${String.fromCharCode(...op.little(length, 8))}`]: new Uint8Array(0), ...members },
      checksum,
    );
  const headBytes = 11;
  return bytesOf(archive(archive(0).length - headBytes), '.');
}

/** What is in a file of torch's old format; what is not said is what torch writes. */
export interface OldTorchParts {
  readonly system?: Uint8Array;
  /** The pickle of what was saved. */
  readonly saved?: Uint8Array;
  readonly keys?: readonly string[];
  /** Counts and bytes of the storages. */
  readonly numbers?: Uint8Array;
  readonly tail?: Uint8Array;
}

/** What `torch.save` writes with `_use_new_zipfile_serialization=False`. */
export function oldTorch({ system, saved, keys = [], numbers, tail }: OldTorchParts): Uint8Array {
  const two = op.proto(2);
  return bytesOf(
    bytesOf(two, op.long(0x1950a86a20f9469cfc6cn), '.'),
    bytesOf(two, 'M', op.little(1001, 2), '.'),
    system ??
      bytesOf(
        two,
        op.dict(
          [op.text('protocol_version'), bytesOf('M', op.little(1001, 2))],
          [op.text('little_endian'), '\x88'],
          [
            op.text('type_sizes'),
            op.dict([op.text('short'), op.small(2)], [op.text('int'), op.small(4)], [op.text('long'), op.small(4)]),
          ],
        ),
        '.',
      ),
    saved ?? bytesOf(two, '}.'),
    bytesOf(two, ']', keys.length === 0 ? '' : bytesOf('(', ...keys.map((key) => op.text(key)), 'e'), '.'),
    numbers ?? '',
    tail ?? '',
  );
}
