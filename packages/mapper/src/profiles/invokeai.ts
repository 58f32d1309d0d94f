import { everyVersion, singleFiles } from './accepted.ts';
import type { AcceptedModels, AppProfile, MappingRule } from './app-profile.ts';
import { languageModels, otherTypes, unknownType } from './unmapped.ts';

/* Without a body, be it an empty object, the call is refused (install_model in model_manager.py). */
const advice =
  'curl -X POST -H "Content-Type: application/json" -d "{}" "http://127.0.0.1:9090/api/v2/models/install?source={path:url}&inplace=true"';
const diffusersFolder: AcceptedModels = {
  formats: ['diffusers'],
  extensions: [],
  link: 'folder',
  shards: 'refuse',
  needsOneOf: [['model_index.json']],
  plugin: null,
};
const files = singleFiles({
  safetensors: ['.safetensors'],
  pickle: ['.ckpt', '.pt', '.pth', '.bin'],
  gguf: ['.gguf'],
});

const rule = (types: MappingRule['types']): MappingRule => ({
  types,
  families: null,
  folders: [everyVersion('models')],
  accepts: [...files, diffusersFolder],
  advice,
});

/**
 * InvokeAI keeps its models in a database (invokeai/app/api/routers/model_manager.py): a link in its folder is no model
 * to it until it is installed, and an installation in place needs no link.
 */
export const invokeai: AppProfile = {
  id: 'invokeai',
  name: 'InvokeAI',
  way: {
    kind: 'plan-only',
    reason:
      'InvokeAI keeps its models in a database of its own: it takes them in place, by a call to its API while it runs',
  },
  otherWays: [],
  versions: { scheme: 'semver', files: [], holdsFor: '>=4.0.0' },
  fileNames: 'cleaned',
  sidecars: { metadata: 'none', previews: [] },
  marks: ['invokeai.yaml', 'databases'],
  signs: { all: ['invokeai.yaml'], none: [] },
  pluginFolder: null,
  rules: [
    rule(['checkpoint', 'diffusion-model', 'lora', 'vae', 'embedding', 'controlnet', 't2i-adapter', 'ip-adapter']),
    rule(['clip-vision', 'text-encoder', 'upscaler', 'style-model']),
  ],
  unmapped: [
    { types: ['hypernetwork', 'motion-module'], reason: 'InvokeAI does not support such models' },
    otherTypes('InvokeAI'),
    languageModels('InvokeAI'),
    unknownType,
  ],
  configFiles: [],
};
