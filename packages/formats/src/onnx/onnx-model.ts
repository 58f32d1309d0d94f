/** A tensor that an ONNX model takes or gives. */
export interface OnnxValue {
  readonly name: string;
  /** In the words of safetensors where it has one; null for what is no tensor. */
  readonly dtype: string | null;
  /** Numbers, or names of what is open; null where it is not said. */
  readonly shape: readonly (number | string)[] | null;
}

/** Weights within an ONNX model, or in a file beside it. */
export interface OnnxInitialiser {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** The file beside the model that holds its bytes; null for bytes in the model. */
  readonly externalFile: string | null;
}

/** What an ONNX file says. */
export interface OnnxModel {
  readonly irVersion: number;
  readonly producer: string;
  readonly producerVersion: string;
  /** Version by domain of operators; `''` is ONNX itself. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graphName: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly initialisers: ReadonlyMap<string, OnnxInitialiser>;
  /** How often each operator occurs in the outer graph. */
  readonly operators: ReadonlyMap<string, number>;
  readonly nodeCount: number;
  readonly metadata: ReadonlyMap<string, string>;
}

/** What an ONNX file may demand. Genuine ones stay far below. */
export const onnxLimits = {
  maxTextBytes: 65_536,
  maxNodes: 1_000_000,
  maxInitialisers: 262_144,
  maxDimensions: 64,
  maxOperators: 4_096,
  maxMetadata: 4_096,
} as const;

/** Element types by their number; source: TensorProto.DataType of onnx.proto. */
const dtypes: readonly (string | undefined)[] = [
  undefined,
  'F32',
  'U8',
  'I8',
  'U16',
  'I16',
  'I32',
  'I64',
  'STRING',
  'BOOL',
  'F16',
  'F64',
  'U32',
  'U64',
  'C64',
  'C128',
  'BF16',
  'F8_E4M3',
  'F8_E4M3FNUZ',
  'F8_E5M2',
  'F8_E5M2FNUZ',
  'U4',
  'I4',
  'F4',
];

/** @internal The element type of a number, `type-<n>` for one that is newer than this table. */
export function onnxDtype(code: number): string {
  return dtypes[code] ?? `type-${code}`;
}
