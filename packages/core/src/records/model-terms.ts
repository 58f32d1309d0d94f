/** What a model is for. `unknown` where the bytes do not tell. */
export const modelTypes = [
  'checkpoint',
  'diffusion-model',
  'lora',
  'vae',
  'text-encoder',
  'clip-vision',
  'controlnet',
  't2i-adapter',
  'ip-adapter',
  'style-model',
  'embedding',
  'hypernetwork',
  'upscaler',
  'face-restore',
  'motion-module',
  'photomaker',
  'gligen',
  'audio-encoder',
  'tokenizer',
  'llm',
  'mmproj',
  'unknown',
] as const;
export type ModelType = (typeof modelTypes)[number];

/** How the bytes are laid out. `diffusers` is a folder of parts with a model_index.json. */
export const modelFormats = ['safetensors', 'gguf', 'pickle', 'onnx', 'diffusers', 'unknown'] as const;
export type ModelFormat = (typeof modelFormats)[number];

/** What a file is within its model. */
export const fileRoles = ['weights', 'index', 'config', 'tokenizer', 'preview', 'readme', 'licence', 'other'] as const;
export type FileRole = (typeof fileRoles)[number];

/**
 * Where facts come from, the most trusted first. `user` is overrides.json, `registry` what another tool's registry had
 * noted at second hand, `scan` is what the tensors tell.
 */
export const factLayers = [
  'user',
  'forge',
  'civitai-sidecar',
  'embedded',
  'civitai-api',
  'registry',
  'hub',
  'scan',
] as const;
export type FactLayer = (typeof factLayers)[number];

/** Where a model or a file comes from. `url`: any file on the web, `other`: a place that this version does not know. */
export const sourceProviders = ['hf', 'civitai', 'url', 'local', 'ollama', 'other'] as const;
export type SourceProvider = (typeof sourceProviders)[number];

/**
 * A word of a list that grows: what stands in a file may be from a later version, which knows more of them. Such a word is
 * kept as it is; {@link knownWord} tells what this version takes it for.
 */
export type OpenWord<Known extends string> = Known | (string & Record<never, never>);

/** The word itself where it is of the list, else the fallback. */
export function knownWord<Known extends string, Fallback extends Known>(
  word: OpenWord<Known>,
  { known, fallback }: { readonly known: readonly Known[]; readonly fallback: Fallback },
): Known {
  return known.find((one) => one === word) ?? fallback;
}
