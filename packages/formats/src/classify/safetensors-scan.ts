import type { ModelFacts } from '@modelkeep/core';
import { safetensorsQuantisation } from './safetensors-quantisation.ts';
import type { TensorFact } from './view/tensor-view.ts';
import type { Classification } from './classify-tensors.ts';

const precisionOfDtype: ReadonlyMap<string, string> = new Map([
  ['F64', 'fp64'],
  ['F32', 'fp32'],
  ['F16', 'fp16'],
  ['BF16', 'bf16'],
  ['F8_E4M3', 'fp8'],
  ['F8_E5M2', 'fp8'],
  ['F8_E4M3FNUZ', 'fp8'],
  ['F8_E5M2FNUZ', 'fp8'],
]);

/** What else tensors tell: precision, quantisation, number of parameters. */
export type WeightFacts = Pick<ModelFacts, 'precision' | 'quantisation' | 'parameterCount'>;

/** @internal Precision, quantisation and size of safetensors weights. */
export function safetensorsWeights(tensors: ReadonlyMap<string, TensorFact>): WeightFacts {
  const elementsOf = new Map<string, number>();
  let parameterCount = 0;
  let packed = false;
  for (const { dtype, shape } of tensors.values()) {
    const elements = shape.reduce((product, dimension) => product * dimension, 1);
    const precision = precisionOfDtype.get(dtype);
    if (precision !== undefined) {
      elementsOf.set(precision, (elementsOf.get(precision) ?? 0) + elements);
      parameterCount += elements;
    } else if (shape.length > 1) packed = true;
  }
  let precision: string | null = null;
  for (const [name, elements] of elementsOf) {
    if (precision === null || elements > (elementsOf.get(precision) ?? 0)) precision = name;
  }
  const quantisation = safetensorsQuantisation(tensors);
  const isPacked = packed && quantisation !== null && quantisation !== 'fp8_scaled';
  return { precision: isPacked ? null : precision, quantisation, parameterCount: isPacked ? null : parameterCount };
}

/** @internal The layer `scan` of a model: what its tensors say. */
export function scanFacts({ facts }: Pick<Classification, 'facts'>, weights: WeightFacts): ModelFacts {
  return {
    type: facts.type,
    family: facts.family,
    baseModel: facts.baseModel ?? null,
    variant: facts.variant ?? null,
    ...weights,
  };
}
