/** A field of a protocol buffer: text, bytes (a message too) or a number. */
export type ProtoField = readonly [number: number, value: string | Uint8Array | number];

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}

/** A protocol buffer of these fields. */
export function proto(...fields: readonly ProtoField[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(
      fields.map(([number, value]) => {
        if (typeof value === 'number') return Buffer.from([...varint(number * 8), ...varint(value)]);
        const bytes = typeof value === 'string' ? Buffer.from(value) : value;
        return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]);
      }),
    ),
  );
}

/** A tensor that a graph takes or gives; texts are open dimensions. */
export function value(name: string, shape: readonly (number | string)[], type = 1): Uint8Array {
  const axes = shape.map((axis): ProtoField => [1, proto(typeof axis === 'number' ? [1, axis] : [2, axis])]);
  return proto([1, name], [2, proto([1, proto([1, type], [2, proto(...axes)])])]);
}

/** Weights in the model. */
export function initialiser(
  name: string,
  shape: readonly number[],
  options: { readonly type?: number; readonly file?: string; readonly packed?: boolean } = {},
): Uint8Array {
  const { type = 1, file, packed = false } = options;
  const dimensions: readonly ProtoField[] = packed
    ? [[1, Uint8Array.from(shape.flatMap(varint))]]
    : shape.map((axis): ProtoField => [1, axis]);
  const bytes: readonly ProtoField[] =
    file === undefined
      ? [[9, new Uint8Array(shape.reduce((product, axis) => product * axis, 1) * 4)]]
      : [
          [13, proto([1, 'location'], [2, file])],
          [13, proto([1, 'offset'], [2, '0'])],
          [14, 1],
        ];
  return proto(...dimensions, [2, type], [8, name], ...bytes);
}

/** What is in a graph. */
export interface GraphDefinition {
  readonly nodes?: readonly string[];
  readonly inputs?: readonly Uint8Array[];
  readonly outputs?: readonly Uint8Array[];
  readonly initialisers?: readonly Uint8Array[];
}

/** An ONNX file as PyTorch's exporter writes it. */
export function buildOnnx({ nodes = [], inputs = [], outputs = [], initialisers = [] }: GraphDefinition): Uint8Array {
  const graph = proto(
    ...nodes.map((operator, index): ProtoField => [
      1,
      proto([1, 'x'], [2, `y${index}`], [3, `node${index}`], [4, operator], [5, proto([1, 'axis'], [3, 1])]),
    ]),
    [2, 'main_graph'],
    ...initialisers.map((each): ProtoField => [5, each]),
    ...inputs.map((each): ProtoField => [11, each]),
    ...outputs.map((each): ProtoField => [12, each]),
  );
  return proto(
    [1, 8],
    [2, 'pytorch'],
    [3, '2.4.0'],
    [7, graph],
    [8, proto([1, ''], [2, 17])],
    [8, proto([1, 'com.microsoft'], [2, 1])],
    [14, proto([1, 'author'], [2, 'acme'])],
  );
}
