import { createJsonCursor, JsonSyntaxError, type JsonCursor } from './json-cursor.ts';
import { dtypeBits, tensorBits } from './dtypes.ts';

/** One tensor as a safetensors header describes it. */
export interface SafetensorsTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Place of its bytes within the data part, `[begin, end)`. */
  readonly dataOffsets: readonly [number, number];
}

/** What the text of a header says. */
export interface ParsedHeader {
  readonly tensors: ReadonlyMap<string, SafetensorsTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

const METADATA = '__metadata__';

/**
 * @internal Reads the text of a header and checks each tensor by itself.
 * @throws JsonSyntaxError with what is wrong
 */
export function parseHeader(text: string): ParsedHeader {
  const tensors = new Map<string, SafetensorsTensor>();
  let metadata: Map<string, string> | undefined;
  const cursor = createJsonCursor(text);
  cursor.object((key) => {
    if (key === METADATA) {
      if (metadata !== undefined) throw new JsonSyntaxError(`the key "${METADATA}" occurs twice`);
      metadata = readMetadata(cursor);
      return;
    }
    if (tensors.has(key)) throw new JsonSyntaxError(`the key ${quoted(key)} occurs twice`);
    tensors.set(key, readTensor(cursor, key));
  });
  cursor.end();
  return { tensors, metadata: metadata ?? new Map() };
}

function readMetadata(cursor: JsonCursor): Map<string, string> {
  const metadata = new Map<string, string>();
  cursor.object((key) => {
    if (metadata.has(key)) throw new JsonSyntaxError(`the metadata key ${quoted(key)} occurs twice`);
    metadata.set(key, cursor.string());
  });
  return metadata;
}

function readTensor(cursor: JsonCursor, name: string): SafetensorsTensor {
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  let others: Set<string> | undefined;
  cursor.object((key) => {
    if (key === 'dtype' && dtype === undefined) dtype = cursor.string();
    else if (key === 'shape' && shape === undefined) shape = readNumbers(cursor);
    else if (key === 'data_offsets' && offsets === undefined) offsets = readNumbers(cursor);
    else {
      others ??= new Set(['dtype', 'shape', 'data_offsets']);
      if (others.has(key)) throw new JsonSyntaxError(`${quoted(key)} of ${quoted(name)} occurs twice`);
      others.add(key);
      cursor.skipValue();
    }
  });
  const [begin, end] = offsets ?? [];
  if (dtype === undefined || shape === undefined || begin === undefined || end === undefined || offsets?.length !== 2) {
    throw new JsonSyntaxError(`${quoted(name)} lacks its dtype, its shape or its two offsets`);
  }
  const elementBits = dtypeBits(dtype);
  if (elementBits === undefined) throw new JsonSyntaxError(`${quoted(name)} has the unknown dtype ${quoted(dtype)}`);
  const bits = tensorBits(shape, elementBits);
  if (bits === null || end < begin || bits !== (end - begin) * 8) {
    throw new JsonSyntaxError(
      `${quoted(name)}: ${dtype} [${shape.slice(0, 8).join(', ')}] does not fill bytes ${begin} to ${end}`,
    );
  }
  return { dtype, shape, dataOffsets: [begin, end] };
}

function readNumbers(cursor: JsonCursor): number[] {
  const numbers: number[] = [];
  cursor.array(() => numbers.push(cursor.wholeNumber()));
  return numbers;
}

/** A name of the file in a message: short, and with escapes instead of control characters. */
function quoted(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 120)}…` : name);
}
