import type { AcceptedModels, AppProfile } from './app-profile.ts';

/* ComfyUI opens .safetensors and .sft with the safetensors reader and everything else with torch (comfy/utils.py,
   load_torch_file), and lists only these extensions (folder_paths.py, supported_pt_extensions). No loader joins shards. */
const safetensors: AcceptedModels = {
  formats: ['safetensors'],
  extensions: ['.safetensors', '.sft'],
  link: 'file',
  shards: 'refuse',
  needsOneOf: [],
  plugin: null,
};
const torch: AcceptedModels = {
  ...safetensors,
  formats: ['pickle'],
  extensions: ['.ckpt', '.pt', '.pt2', '.bin', '.pth', '.pkl'],
};
const unidentified: AcceptedModels = {
  ...safetensors,
  formats: ['unknown'],
  extensions: [...safetensors.extensions, ...torch.extensions],
};
const files: readonly AcceptedModels[] = [safetensors, torch, unidentified];

/* ComfyUI-GGUF registers unet_gguf and clip_gguf on the folders of diffusion_models and text_encoders (nodes.py). */
const gguf: AcceptedModels = {
  ...safetensors,
  formats: ['gguf'],
  extensions: ['.gguf'],
  plugin: { name: 'ComfyUI-GGUF', missing: 'skip' },
};

/* DiffusersLoader lists folders with a model_index.json and opens exactly these names (comfy/diffusers_load.py):
   pipelines with a `transformer` instead of a `unet` are listed and then fail. */
const unetWeights = [
  'diffusion_pytorch_model.fp16.safetensors',
  'diffusion_pytorch_model.safetensors',
  'diffusion_pytorch_model.fp16.bin',
  'diffusion_pytorch_model.bin',
];
const textWeights = ['model.fp16.safetensors', 'model.safetensors', 'pytorch_model.fp16.bin', 'pytorch_model.bin'];
const below = (folder: string, names: readonly string[]): readonly string[] => names.map((name) => `${folder}/${name}`);
const diffusersFolder: AcceptedModels = {
  formats: ['diffusers'],
  extensions: [],
  link: 'folder',
  shards: 'refuse',
  needsOneOf: [
    ['model_index.json'],
    below('unet', unetWeights),
    below('vae', unetWeights),
    below('text_encoder', textWeights),
  ],
  plugin: null,
};

const everyVersion = (path: string): { path: string; since: null } => ({ path, since: null });
const withPlugin = (name: string): readonly AcceptedModels[] =>
  files.map((one) => ({ ...one, plugin: { name, missing: 'warn' } }));

/**
 * ComfyUI. Categories, folders, older folder names and extensions are those of its folder_paths.py: `clip` became
 * `text_encoders` in November 2024 and `unet` became `diffusion_models` in August 2024; both old folders are still read,
 * so one link is enough, and the versions named here are the first releases that surely know the new names.
 */
export const comfyui: AppProfile = {
  id: 'comfyui',
  name: 'ComfyUI',
  way: { kind: 'links' },
  otherWays: [{ kind: 'config', format: 'comfyui-yaml' }],
  marks: ['folder_paths.py', 'comfy', 'custom_nodes'],
  pluginFolder: 'custom_nodes',
  rules: [
    { types: ['checkpoint'], folders: [everyVersion('models/checkpoints')], accepts: files },
    {
      types: ['diffusion-model'],
      folders: [{ path: 'models/diffusion_models', since: '0.2.0' }, everyVersion('models/unet')],
      accepts: [...files, gguf],
    },
    {
      types: ['text-encoder'],
      folders: [{ path: 'models/text_encoders', since: '0.3.0' }, everyVersion('models/clip')],
      accepts: [...files, gguf],
    },
    { types: ['lora'], folders: [everyVersion('models/loras')], accepts: files },
    { types: ['vae'], folders: [everyVersion('models/vae')], accepts: files },
    { types: ['clip-vision'], folders: [everyVersion('models/clip_vision')], accepts: files },
    { types: ['controlnet', 't2i-adapter'], folders: [everyVersion('models/controlnet')], accepts: files },
    { types: ['style-model'], folders: [everyVersion('models/style_models')], accepts: files },
    { types: ['embedding'], folders: [everyVersion('models/embeddings')], accepts: files },
    { types: ['hypernetwork'], folders: [everyVersion('models/hypernetworks')], accepts: files },
    { types: ['upscaler'], folders: [everyVersion('models/upscale_models')], accepts: files },
    {
      types: ['ip-adapter'],
      folders: [everyVersion('models/ipadapter')],
      accepts: withPlugin('ComfyUI_IPAdapter_plus'),
    },
    {
      types: ['motion-module'],
      folders: [everyVersion('models/animatediff_models')],
      accepts: withPlugin('ComfyUI-AnimateDiff-Evolved'),
    },
    {
      types: ['checkpoint', 'diffusion-model'],
      folders: [everyVersion('models/diffusers')],
      accepts: [diffusersFolder],
    },
  ],
  unmapped: [
    { types: ['llm'], reason: 'ComfyUI runs no language models by itself' },
    { types: ['mmproj'], reason: 'ComfyUI has no folder for the vision part of a language model' },
    { types: ['unknown'], reason: 'the type of this model is not known: set it in its overrides to map it' },
  ],
};
