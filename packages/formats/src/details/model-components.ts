import { dtypeBits, tensorBits } from '../safetensors/dtypes.ts';
import type { TensorFact } from '../classify/view/tensor-view.ts';
import type { ModelComponent } from './format-details.ts';

/** Where the parts of a checkpoint stand, and those of an adapter; the first that fits counts. */
const places: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['diffusion-model', /^(?:model\.)?diffusion_model\./],
  ['vae', /^(?:first_stage_model|vae)\./],
  ['text-encoder', /^(?:cond_stage_model|conditioner\.embedders|text_encoders?|text_model|te\d?)\./],
  ['lora', /^lora_|\.(?:lora_(?:A|B|up|down|mid)|lokr_w\d|hada_w\d)(?:[._]|$)/],
];

/** @internal Tensors, bytes and elements by the part of the model that they belong to. */
export function modelComponents(tensors: ReadonlyMap<string, TensorFact>): readonly ModelComponent[] {
  const found = new Map<string, { tensors: number; sizeBytes: number; elements: number }>();
  for (const [name, { dtype, shape }] of tensors) {
    const place = places.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other';
    const sum = found.get(place) ?? { tensors: 0, sizeBytes: 0, elements: 0 };
    sum.tensors += 1;
    sum.elements += shape.reduce((product, dimension) => product * dimension, 1);
    sum.sizeBytes += (tensorBits(shape, dtypeBits(dtype) ?? 0) ?? 0) / 8;
    found.set(place, sum);
  }
  return [...found].map(([name, sum]) => ({ name, ...sum })).toSorted((a, b) => b.sizeBytes - a.sizeBytes);
}

/** @internal Elements by dtype. */
export function elementsByType(
  tensors: Iterable<readonly [type: string, shape: readonly number[]]>,
): Record<string, number> {
  const elements = new Map<string, number>();
  for (const [type, shape] of tensors) {
    elements.set(type, (elements.get(type) ?? 0) + shape.reduce((product, dimension) => product * dimension, 1));
  }
  return Object.fromEntries(elements);
}
