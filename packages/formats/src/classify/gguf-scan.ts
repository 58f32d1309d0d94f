import type { ModelType } from '@modelkeep/core';
import { fileTypeQuantisation, mixtureFits } from '../gguf/file-types.ts';
import type { GgufHeader } from '../gguf/read-header.ts';
import { classifyTensors, type Classification } from './classify-tensors.ts';
import type { WeightFacts } from './safetensors-scan.ts';
import type { TensorFact } from './view/tensor-view.ts';

/**
 * Families of image and video models under the words that converters write as the architecture. Null for a word that is written
 * for several: what their code needs is alike, and the tensors tell them apart.
 */
const imageFamilies: ReadonlyMap<string, string | null> = new Map([
  ['flux', null],
  ['sd1', null],
  ['sdxl', null],
  ['sd3', 'sd3'],
  ['aura', 'auraflow'],
  ['hidream', 'hidream'],
  ['cosmos', null],
  ['ltxv', null],
  ['hyvid', null],
  ['wan', 'wan'],
  ['lumina2', null],
  ['qwen_image', 'qwen-image'],
]);
const textEncoders: ReadonlyMap<string, string> = new Map([
  ['t5', 't5'],
  ['t5encoder', 't5'],
]);
/** What `general.type` says of files that are no model of their own. */
const otherTypes: ReadonlyMap<string, ModelType> = new Map([
  ['adapter', 'lora'],
  ['mmproj', 'mmproj'],
  ['clip-vision', 'mmproj'],
  ['vocab', 'tokenizer'],
  ['imatrix', 'unknown'],
]);
const precisions: ReadonlyMap<string, string> = new Map([
  ['F64', 'fp64'],
  ['F32', 'fp32'],
  ['F16', 'fp16'],
  ['BF16', 'bf16'],
]);

/** @internal What a GGUF file is, by its architecture and its tensors. */
export function classifyGguf(header: Pick<GgufHeader, 'metadata' | 'tensors'>): Classification {
  const architecture = textOf(header, 'general.architecture')?.toLowerCase() ?? null;
  const generalType = textOf(header, 'general.type');
  const evidence = architecture === null ? ['no general.architecture'] : [`general.architecture is ${architecture}`];
  const conclude = (type: ModelType, family: string | null, variant: string | null = null): Classification => ({
    rule: `gguf-${type}`,
    facts: { type, family, variant },
    confidence: type === 'unknown' ? 0 : 0.95,
    evidence,
    prefix: '',
    layout: null,
    adapterKind: null,
  });
  if (generalType !== null) evidence.push(`general.type is ${generalType}`);
  const other = generalType === null ? undefined : otherTypes.get(generalType);
  if (other === 'mmproj' || architecture === 'clip') return conclude('mmproj', null);
  if (other !== undefined) return conclude(other, other === 'lora' ? architecture : null);
  if (isTokenizer(header)) {
    evidence.push('has a vocabulary and no tensors');
    return conclude('tokenizer', architecture);
  }
  if (architecture !== null) {
    const encoder = textEncoders.get(architecture);
    if (encoder !== undefined) return conclude('text-encoder', null, hasBiasPerBlock(header) ? 'umt5' : encoder);
    if (header.metadata.has(`${architecture}.block_count`) && !imageFamilies.has(architecture)) {
      evidence.push(`has ${architecture}.block_count`);
      return conclude('llm', architecture);
    }
  }
  const byTensors = classifyTensors(torchShapes(header), { eitherOrder: true });
  if (byTensors.facts.type !== 'unknown') return { ...byTensors, evidence: [...evidence, ...byTensors.evidence] };
  const family = architecture === null ? undefined : imageFamilies.get(architecture);
  return family === undefined ? conclude('unknown', null) : { ...conclude('diffusion-model', family), confidence: 0.7 };
}

/** umT5 has a relative bias in each block, T5 in the first one. */
function hasBiasPerBlock({ tensors }: Pick<GgufHeader, 'tensors'>): boolean {
  return tensors.has('enc.blk.1.attn_rel_b.weight');
}

/** The first part of a split may come without tensors: it is no tokenizer. */
function isTokenizer({ metadata, tensors }: Pick<GgufHeader, 'metadata' | 'tensors'>): boolean {
  const parts = metadata.get('split.count');
  return tensors.size === 0 && metadata.has('tokenizer.ggml.tokens') && !(typeof parts === 'number' && parts > 1);
}

/** @internal Shapes in torch's order. Converters of image models keep shapes of other ranks in keys of their own. */
export function torchShapes({
  metadata,
  tensors,
}: Pick<GgufHeader, 'metadata' | 'tensors'>): ReadonlyMap<string, TensorFact> {
  const result = new Map<string, TensorFact>();
  for (const [name, { type, shape }] of tensors) {
    const kept = metadata.get(`comfy.gguf.orig_shape.${name}`);
    const original = typeof kept === 'object' ? kept.values?.filter((value) => typeof value === 'number') : undefined;
    result.set(name, { dtype: type, shape: original ?? shape.toReversed() });
  }
  return result;
}

/** @internal Precision, quantisation and size of GGUF weights, with what speaks for the quantisation. */
export function ggufWeights(header: Pick<GgufHeader, 'metadata' | 'tensors'>): {
  readonly weights: WeightFacts;
  readonly evidence: readonly string[];
} {
  const elementsOf = new Map<string, number>();
  let parameterCount = 0;
  for (const { type, shape } of header.tensors.values()) {
    const elements = shape.reduce((product, dimension) => product * dimension, 1);
    parameterCount += elements;
    if (shape.length > 1) elementsOf.set(type, (elementsOf.get(type) ?? 0) + elements);
  }
  const commonest = [...elementsOf].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
  if (commonest === null) return { weights: { precision: null, quantisation: null, parameterCount }, evidence: [] };
  const precision = precisions.get(commonest) ?? null;
  if (precision !== null)
    return { weights: { precision, quantisation: null, parameterCount }, evidence: [`most weights are ${commonest}`] };
  const fileType = header.metadata.get('general.file_type');
  if (typeof fileType !== 'number')
    return {
      weights: { precision: null, quantisation: commonest, parameterCount },
      evidence: [`most weights are ${commonest}`],
    };
  const named = fileTypeQuantisation(fileType);
  const fits = typeof named === 'string' && mixtureFits(named, new Set(elementsOf.keys()));
  return {
    weights: { precision: null, quantisation: fits ? named : commonest, parameterCount },
    evidence: fits
      ? [`general.file_type is ${fileType}: ${named}`]
      : [`general.file_type ${fileType} does not fit the tensors`, `most weights are ${commonest}`],
  };
}

function textOf({ metadata }: Pick<GgufHeader, 'metadata'>, key: string): string | null {
  const value = metadata.get(key);
  return typeof value === 'string' && value !== '' && value.length <= 64 ? value : null;
}
