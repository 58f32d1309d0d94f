/** What a part of a pipeline needs to be loaded. */
export interface PartNeeds {
  /** Small files; of each list one. */
  readonly files: readonly (readonly string[])[];
  /** What its weights are called where they are one file; null for what has none. */
  readonly weights: string | null;
}

const VOCABULARY = ['tokenizer.json', 'tokenizer.model', 'spiece.model', 'vocab.json', 'vocab.txt', 'tekken.json'];
/* As `save_pretrained` of diffusers and transformers names files, by the end of the class that writes them. */
const withoutWeights: readonly (readonly [end: RegExp, files: PartNeeds['files']])[] = [
  [/Scheduler$/u, [['scheduler_config.json']]],
  [/Tokenizer(?:Fast)?$/u, [['tokenizer_config.json'], VOCABULARY]],
  [/(?:FeatureExtractor|Processor)$/u, [['preprocessor_config.json', 'processor_config.json']]],
];

/** Which files a class of a library saves, by its name. */
export function partNeeds({
  library,
  className,
}: {
  readonly library: string | null;
  readonly className: string | null;
}): PartNeeds {
  const small = withoutWeights.find(([end]) => end.test(className ?? ''));
  if (small !== undefined) return { files: small[1], weights: null };
  if (className === 'OnnxRuntimeModel') return { files: [], weights: 'model.onnx' };
  const stem = library === 'diffusers' ? 'diffusion_pytorch_model' : 'model';
  return { files: [['config.json']], weights: `${stem}.safetensors` };
}
