import { seededBytes } from './seeded-bytes.ts';
import { buildZip } from './zip.ts';

/** What {@link buildPickleCheckpoint} builds. */
export interface PickleCheckpointDefinition {
  /** Name and length of each float tensor. @default one tensor of 262,144 elements */
  readonly tensors?: Readonly<Record<string, number>>;
  /** @default 1 */
  readonly fillSeed?: number;
}

/** A checkpoint as `torch.save` writes it, without anything harmful: a zip of `data.pkl`, `version` and float storages. */
export function buildPickleCheckpoint({ tensors, fillSeed = 1 }: PickleCheckpointDefinition = {}): Uint8Array {
  const entries = Object.entries(tensors ?? { 'model.diffusion_model.input_blocks.0.0.weight': 262_144 });
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  return buildZip([
    { path: 'archive/data.pkl', bytes: stateDictPickle(entries) },
    { path: 'archive/version', bytes: text('3\n') },
    ...entries.map(([, elements], index) => ({
      path: `archive/data/${index}`,
      bytes: seededBytes({ seed: fillSeed + index, sizeBytes: elements * 4 }),
    })),
  ]);
}

/** Protocol 2: `{'state_dict': {name: torch._utils._rebuild_tensor_v2(persistent storage, 0, (n,), (1,), False, OrderedDict())}}`. */
function stateDictPickle(entries: readonly (readonly [string, number])[]): Uint8Array {
  const parts: (string | Buffer)[] = ['\x80\x02', '}', unicode('state_dict'), '}', '('];
  for (const [index, [name, elements]] of entries.entries()) {
    parts.push(unicode(name), 'ctorch._utils\n_rebuild_tensor_v2\n', '((');
    parts.push(
      unicode('storage'),
      'ctorch\nFloatStorage\n',
      unicode(String(index)),
      unicode('cpu'),
      whole(elements),
      'tQ',
    );
    parts.push('K\x00', whole(elements), '\x85', 'K\x01', '\x85', '\x89', 'ccollections\nOrderedDict\n', ')R', 'tR');
  }
  parts.push('u', 's', '.');
  return new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))),
  );
}

function unicode(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  const head = Buffer.alloc(5, 'X');
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function whole(value: number): Buffer {
  const bytes = Buffer.alloc(5, 'J');
  bytes.writeInt32LE(value, 1);
  return bytes;
}
