import type { TensorFact } from './view/tensor-view.ts';

/** The tensors of one quantised layer, by the last word of their names. */
interface Layer {
  readonly part: (word: string) => TensorFact | undefined;
}

interface Quantisation {
  /** The last word of a name that only such layers have. */
  readonly mark: string;
  readonly also?: readonly string[];
  readonly lacks?: readonly string[];
  /** Under the words its users write; null where the layer is not of this kind after all. */
  readonly name: (layer: Layer) => string | null;
}

const FLOAT8 = /^F8_/;
const weightIs = (layer: Layer, dtypes: RegExp): boolean => dtypes.test(layer.part('weight')?.dtype ?? '');

/** Kinds of quantisation; the first that fits any layer. */
const kinds: readonly Quantisation[] = [
  { mark: 'bitsandbytes__nf4', name: () => 'nf4' },
  { mark: 'bitsandbytes__fp4', name: () => 'fp4' },
  { mark: 'SCB', name: () => 'int8' },
  { mark: 'wtscale', name: () => 'svdq-fp4' },
  { mark: 'wcscales', name: () => 'svdq-fp4' },
  { mark: 'wscales', name: (layer) => (FLOAT8.test(layer.part('wscales')?.dtype ?? '') ? 'svdq-fp4' : 'svdq-int4') },
  { mark: 'trellis', also: ['suh', 'svh'], name: () => 'exl3' },
  { mark: 'q_weight', also: ['q_scale'], name: () => 'exl2' },
  { mark: 'W_q', name: () => 'hqq' },
  { mark: 'codebooks', also: ['codes'], name: () => 'aqlm' },
  { mark: 'qweight', also: ['qzeros', 'scales', 'g_idx'], name: gptq },
  { mark: 'qweight', also: ['qzeros', 'scales'], lacks: ['g_idx'], name: awq },
  { mark: 'weight_packed', also: ['weight_global_scale'], name: () => 'nvfp4' },
  { mark: 'weight_packed', also: ['weight_scale'], name: () => 'compressed-int4' },
  { mark: 'weight_scale_2', name: (layer) => (weightIs(layer, /^U8$/) ? 'nvfp4' : null) },
  { mark: 'weight_scale', name: scaled },
  { mark: 'scale_weight', name: () => 'fp8_scaled' },
  { mark: 'scaled_fp8', name: () => 'fp8_scaled' },
  { mark: 'weight_scale_inv', name: (layer) => (weightIs(layer, FLOAT8) ? 'fp8_scaled' : null) },
  { mark: 'scale', also: ['weight'], name: (layer) => (weightIs(layer, /^(?:[IU]\d+|F8_.*)$/) ? sdnq(layer) : null) },
];
const marks = new Set(kinds.map(({ mark }) => mark));

/** @internal How safetensors weights are quantised, or null where they are not. Reads each name once. */
export function safetensorsQuantisation(tensors: ReadonlyMap<string, TensorFact>): string | null {
  const found = new Map<string, string>();
  for (const name of tensors.keys()) {
    const word = name.slice(name.lastIndexOf('.') + 1);
    const known = found.get(word);
    if (marks.has(word) && (known === undefined || name < known)) found.set(word, name);
  }
  if (found.size === 0) return null;
  for (const { mark, also = [], lacks = [], name } of kinds) {
    const marked = found.get(mark);
    if (marked === undefined) continue;
    const stem = marked.slice(0, marked.length - mark.length);
    const part = (word: string): TensorFact | undefined => tensors.get(stem + word);
    if (also.some((word) => part(word) === undefined) || lacks.some((word) => part(word) !== undefined)) continue;
    const kind = name({ part });
    if (kind !== null) return kind;
  }
  return null;
}

/** Rows of the packed weight are inputs × bits / 32, and each input has a group. */
function gptq({ part }: Layer): string {
  return bits('gptq', (part('qweight')?.shape[0] ?? 0) * 32, part('g_idx')?.shape[0] ?? 0);
}

/** Columns of the packed weight are outputs × bits / 32, and each output has a scale. */
function awq({ part }: Layer): string {
  return bits('awq', (part('qweight')?.shape[1] ?? 0) * 32, part('scales')?.shape[1] ?? 0);
}

function bits(name: string, packed: number, values: number): string {
  const found = packed / values;
  return [2, 3, 4, 8].includes(found) ? `${name}-int${found}` : name;
}

function scaled(layer: Layer): string | null {
  if (weightIs(layer, FLOAT8)) return 'fp8_scaled';
  if (weightIs(layer, /^I8$/)) return 'int8';
  return null;
}

function sdnq(layer: Layer): string {
  const dtype = layer.part('weight')?.dtype ?? '';
  if (dtype === 'I8') return 'sdnq-int8';
  return FLOAT8.test(dtype) ? 'sdnq-fp8' : 'sdnq';
}
