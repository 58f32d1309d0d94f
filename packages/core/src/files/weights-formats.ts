/** What weights are written in, as far as names tell. The forms that are made from others for one runtime come last. */
export const weightsFormats = [
  'safetensors',
  'gguf',
  'ggml',
  'pickle',
  'onnx',
  'openvino',
  'flax',
  'tensorflow',
  'coreml',
] as const;
export type WeightsFormat = (typeof weightsFormats)[number];
