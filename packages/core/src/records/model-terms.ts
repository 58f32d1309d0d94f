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
  'motion-module',
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

/** Where facts come from, the most trusted first. `user` is overrides.json, `scan` is what the tensors tell. */
export const factLayers = ['user', 'forge', 'civitai-sidecar', 'embedded', 'civitai-api', 'hub', 'scan'] as const;
export type FactLayer = (typeof factLayers)[number];
