import { bytesOf, op, type Piece } from './pickle-builder.test-helper.ts';

/** Something to write as Python's `pickle` and torch's `torch.save` do. */
export type Saved =
  | null
  | boolean
  | number
  | string
  | readonly Saved[]
  | { readonly [key: string]: Saved }
  | ReadonlyMap<Saved, Saved>
  | SavedTensor
  | SavedCall
  | SavedGlobal
  | SavedTuple;

/** A tensor in a storage of its own. */
export interface SavedTensor {
  readonly is: 'tensor';
  readonly dtype: 'Float' | 'Half' | 'BFloat16' | 'Long';
  readonly shape: readonly number[];
  readonly parameter?: boolean;
}

/** An object that a call makes: REDUCE, or NEWOBJ for a class, with a state that BUILD sets. */
export interface SavedCall {
  readonly is: 'call';
  readonly of: SavedGlobal;
  readonly args?: readonly Saved[];
  readonly isNew?: boolean;
  readonly state?: Saved;
}

export interface SavedGlobal {
  readonly is: 'global';
  readonly module: string;
  readonly name: string;
}

export interface SavedTuple {
  readonly is: 'tuple';
  readonly items: readonly Saved[];
}

/** A storage that the pickle refers to. */
export interface WrittenStorage {
  readonly key: string;
  readonly count: number;
  readonly sizeBytes: number;
}

export const tensor = (shape: readonly number[], dtype: SavedTensor['dtype'] = 'Float'): SavedTensor => ({
  is: 'tensor',
  dtype,
  shape,
});
export const global = (module: string, name: string): SavedGlobal => ({ is: 'global', module, name });
export const tuple = (...items: readonly Saved[]): SavedTuple => ({ is: 'tuple', items });
export const call = (module: string, name: string, ...args: readonly Saved[]): SavedCall => ({
  is: 'call',
  of: global(module, name),
  args,
});

const bytesOfType = { Float: 4, Half: 2, BFloat16: 2, Long: 8 } as const;

/** Pickles a value with the opcodes of a protocol, batches and memo included, and tells which storages it needs. */
export function pickled(
  value: Saved,
  { protocol = 2, isOld = false }: { readonly protocol?: 2 | 3 | 4 | 5; readonly isOld?: boolean } = {},
): { readonly bytes: Uint8Array; readonly storages: readonly WrittenStorage[] } {
  const storages: WrittenStorage[] = [];
  const memo = new Map<string, number>();
  let memoised = 0;
  const remember = (): Uint8Array => {
    memoised += 1;
    if (protocol >= 4) return bytesOf('\x94');
    return memoised - 1 < 256 ? op.put(memoised - 1) : op.longPut(memoised - 1);
  };
  const once = (key: string, write: () => Piece): Uint8Array => {
    const known = memo.get(key);
    if (known !== undefined) return known < 256 ? op.get(known) : bytesOf('j', op.little(known, 4));
    const piece = write();
    const end = remember();
    memo.set(key, memoised - 1);
    return bytesOf(piece, end);
  };
  const text = (content: string): Uint8Array =>
    once(`text ${content}`, () =>
      protocol >= 4 && Buffer.byteLength(content) < 256 ? op.short(content) : op.text(content),
    );
  const named = ({ module, name }: SavedGlobal): Uint8Array =>
    once(`global ${module} ${name}`, () =>
      protocol >= 4 ? bytesOf(text(module), text(name), '\x93') : op.global(module, name),
    );
  const number = (content: number): Uint8Array => {
    if (!Number.isInteger(content)) return op.float(content);
    if (content >= 0 && content < 256) return op.small(content);
    if (content >= 0 && content < 65_536) return bytesOf('M', op.little(content, 2));
    return Math.abs(content) < 2 ** 31 ? op.int(content) : op.long(BigInt(content));
  };
  const tuplePiece = (items: readonly Saved[]): Uint8Array => {
    if (items.length === 0) return bytesOf(')');
    if (items.length <= 3)
      return bytesOf(...items.map(write), ['\x85', '\x86', '\x87'][items.length - 1] ?? '', remember());
    return bytesOf('(', ...items.map(write), 't', remember());
  };
  const batched = (pairs: readonly (readonly [Saved, Saved])[]): Uint8Array => {
    const pieces: Piece[] = [];
    for (let at = 0; at < pairs.length; at += 1_000) {
      const batch = pairs.slice(at, at + 1_000).map(([key, item]) => bytesOf(write(key), write(item)));
      pieces.push(batch.length === 1 ? bytesOf(...batch, 's') : bytesOf('(', ...batch, 'u'));
    }
    return bytesOf(...pieces);
  };
  const tensorPiece = ({ dtype, shape, parameter }: SavedTensor): Uint8Array => {
    const count = shape.reduce((product, each) => product * each, 1);
    const key = isOld ? String(94_000_000_000_000 + storages.length * 64) : String(storages.length);
    storages.push({ key, count, sizeBytes: count * bytesOfType[dtype] });
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, each) => product * each, 1));
    // The order of the pieces is that of the memo.
    const made = (): Uint8Array =>
      bytesOf(
        named(global('torch._utils', '_rebuild_tensor_v2')),
        '(',
        tuplePiece(['storage', global('torch', `${dtype}Storage`), key, 'cpu', count, ...(isOld ? [null] : [])]),
        'Q',
        number(0),
        tuplePiece(shape),
        tuplePiece(strides),
        '\x89',
        write({ is: 'call', of: global('collections', 'OrderedDict') }),
        't',
        remember(),
        'R',
        remember(),
      );
    if (parameter !== true) return made();
    const hooks: Saved = { is: 'call', of: global('collections', 'OrderedDict') };
    return bytesOf(
      named(global('torch._utils', '_rebuild_parameter')),
      made(),
      '\x88',
      write(hooks),
      '\x87',
      remember(),
      'R',
      remember(),
    );
  };
  function write(content: Saved): Uint8Array {
    if (content === null) return bytesOf('N');
    if (content === true) return bytesOf('\x88');
    if (content === false) return bytesOf('\x89');
    if (typeof content === 'number') return number(content);
    if (typeof content === 'string') return text(content);
    if (content instanceof Map) {
      return bytesOf(named(global('collections', 'OrderedDict')), ')R', remember(), batched([...content]));
    }
    if (Array.isArray(content)) {
      const items = content as readonly Saved[];
      return bytesOf(']', remember(), items.length === 0 ? '' : bytesOf('(', ...items.map(write), 'e'));
    }
    const tagged = content as { readonly is?: unknown };
    if (tagged.is === 'tensor') return tensorPiece(content as SavedTensor);
    if (tagged.is === 'global') return named(content as SavedGlobal);
    if (tagged.is === 'tuple') return tuplePiece((content as SavedTuple).items);
    if (tagged.is === 'call') {
      const { of, args = [], isNew = false, state } = content as SavedCall;
      const made = bytesOf(named(of), tuplePiece(args), isNew ? '\x81' : 'R', remember());
      return bytesOf(made, state === undefined ? '' : bytesOf(write(state), 'b'));
    }
    return bytesOf('}', remember(), batched(Object.entries(content as Readonly<Record<string, Saved>>)));
  }
  const body = bytesOf(write(value), '.');
  const framed = protocol >= 4 ? bytesOf(op.frame(body.length), body) : body;
  return { bytes: bytesOf(op.proto(protocol), framed), storages };
}
