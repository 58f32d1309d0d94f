import { extensionOf, fileRole, type WeightsFormat } from '@modelkeep/core';
import { baseOf } from './name-parts.ts';

const BY_EXTENSION: Readonly<Record<string, WeightsFormat>> = {
  safetensors: 'safetensors',
  sft: 'safetensors',
  gguf: 'gguf',
  ggml: 'ggml',
  ckpt: 'pickle',
  pt: 'pickle',
  pt2: 'pickle',
  pth: 'pickle',
  bin: 'pickle',
  pkl: 'pickle',
  onnx: 'onnx',
  onnx_data: 'onnx',
  msgpack: 'flax',
  h5: 'tensorflow',
  keras: 'tensorflow',
  tflite: 'tensorflow',
  mlmodel: 'coreml',
};
/** Names that their extension does not tell, and folders that are one model. */
const BY_NAME: readonly (readonly [RegExp, WeightsFormat])[] = [
  [/(?:^|\/)openvino_[^/]*\.(?:bin|xml)$/iu, 'openvino'],
  [/(?:^|\/)ggml-[^/]*\.bin$/iu, 'ggml'],
  [/\.gguf(?:\.part\d+of\d+|-split-[a-z])$/iu, 'gguf'],
  [/\.onnx(?:_data_\d+|\.data)$/iu, 'onnx'],
  [/(?:^|\/)(?:saved_model\.pb|variables\.(?:index|data-\d+-of-\d+))$/iu, 'tensorflow'],
  [/\.(?:mlpackage|mlmodelc)\//iu, 'coreml'],
];

/** What the weights in a file are written in, null for a file without weights. */
export function weightsFormatOf(path: string): WeightsFormat | null {
  for (const [expression, format] of BY_NAME) if (expression.test(path)) return format;
  const format = BY_EXTENSION[extensionOf(path)] ?? null;
  if (format === null) return null;
  const isKnownOther = ['safetensors', 'gguf', 'pickle'].includes(format) && fileRole(baseOf(path)) !== 'weights';
  return isKnownOther ? null : format;
}
