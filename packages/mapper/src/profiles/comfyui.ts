import { everyVersion } from './accepted.ts';
import type { AcceptedModels, AppProfile, MappingRule, ProfileFolder } from './app-profile.ts';
import { pictureEnds } from './picture-ends.ts';
import type { ModelType } from '@modelkeep/core';

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

const withPlugin = (name: string): readonly AcceptedModels[] =>
  files.map((one) => ({ ...one, plugin: { name, missing: 'warn' } }));

const rule = (
  types: readonly ModelType[],
  folders: readonly ProfileFolder[],
  accepts: readonly AcceptedModels[],
): MappingRule => ({ types, families: null, folders, accepts, advice: null });
const setting = (key: string, folder = `models/${key}`): { key: string; folder: string; effect: 'adds' } => ({
  key,
  folder,
  effect: 'adds',
});

/* The keys of extra_model_paths.yaml are the names of the folders; `unet` and `clip` are older names of two of them. */
const keys = [
  'checkpoints',
  'diffusion_models',
  'unet',
  'text_encoders',
  'clip',
  'loras',
  'vae',
  'clip_vision',
  'controlnet',
  'style_models',
  'embeddings',
  'hypernetworks',
  'upscale_models',
  'gligen',
  'photomaker',
  'audio_encoders',
  'facerestore_models',
  'ipadapter',
  'animatediff_models',
  'diffusers',
];

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
  versions: {
    scheme: 'semver',
    files: [
      { path: 'comfyui_version.py', after: '__version__ = "', before: '"' },
      { path: 'pyproject.toml', after: '\nversion = "', before: '"' },
    ],
    holdsFor: '>=0.0.1',
  },
  fileNames: 'cleaned',
  /* Its own lists show any image that shares the stem (app/model_manager.py); text beside a model is read by custom nodes only. */
  sidecars: { metadata: 'none', previews: pictureEnds(['png', 'jpg', 'jpeg', 'webp', 'gif']) },
  signs: { all: ['folder_paths.py', 'comfy', 'nodes.py'], none: [] },
  marks: ['folder_paths.py', 'comfy', 'custom_nodes'],
  pluginFolder: 'custom_nodes',
  rules: [
    rule(['checkpoint'], [everyVersion('models/checkpoints')], files),
    rule(
      ['diffusion-model'],
      [{ path: 'models/diffusion_models', since: '0.2.0' }, everyVersion('models/unet')],
      [...files, gguf],
    ),
    rule(
      ['text-encoder'],
      [{ path: 'models/text_encoders', since: '0.3.0' }, everyVersion('models/clip')],
      [...files, gguf],
    ),
    rule(['lora'], [everyVersion('models/loras')], files),
    rule(['vae'], [everyVersion('models/vae')], files),
    rule(['clip-vision'], [everyVersion('models/clip_vision')], files),
    rule(['controlnet', 't2i-adapter'], [everyVersion('models/controlnet')], files),
    rule(['style-model'], [everyVersion('models/style_models')], files),
    rule(['embedding'], [everyVersion('models/embeddings')], files),
    rule(['hypernetwork'], [everyVersion('models/hypernetworks')], files),
    rule(['upscaler'], [everyVersion('models/upscale_models')], files),
    rule(['gligen'], [everyVersion('models/gligen')], files),
    rule(['photomaker'], [everyVersion('models/photomaker')], files),
    rule(['audio-encoder'], [everyVersion('models/audio_encoders')], files),
    rule(['face-restore'], [everyVersion('models/facerestore_models')], withPlugin('facerestore_cf')),
    rule(['ip-adapter'], [everyVersion('models/ipadapter')], withPlugin('ComfyUI_IPAdapter_plus')),
    rule(['motion-module'], [everyVersion('models/animatediff_models')], withPlugin('ComfyUI-AnimateDiff-Evolved')),
    rule(['checkpoint', 'diffusion-model'], [everyVersion('models/diffusers')], [diffusersFolder]),
  ],
  unmapped: [
    { types: ['tokenizer'], reason: 'ComfyUI brings the tokenizers that it uses' },
    { types: ['llm'], reason: 'ComfyUI runs no language models by itself' },
    { types: ['mmproj'], reason: 'ComfyUI has no folder for the vision part of a language model' },
    { types: ['unknown'], reason: 'the type of this model is not known: set it in its overrides to map it' },
  ],
  configFiles: [
    {
      format: 'comfyui-yaml',
      path: 'extra_model_paths.yaml',
      windowsPath: null,
      settings: keys.map((key) => setting(key)),
      note: 'restart ComfyUI: it reads the file when it starts',
    },
  ],
};
