import { everyVersion, singleFiles } from './accepted.ts';
import type { AppProfile, MappingRule } from './app-profile.ts';
import { languageModels, otherTypes, unknownType } from './unmapped.ts';

/* T2IModel.cs: NativelySupportedModelExtensions and LegacyModelExtensions. */
const files = singleFiles({
  safetensors: ['.safetensors', '.sft'],
  pickle: ['.ckpt', '.pt', '.pth', '.bin'],
  gguf: ['.gguf'],
});
const rule = (types: MappingRule['types'], folder: string): MappingRule => ({
  types,
  families: null,
  folders: [everyVersion(`Models/${folder}`)],
  accepts: files,
  advice: null,
});

/**
 * SwarmUI. Folders are the defaults of `PathsData` in src/Core/Settings.cs and those that its ComfyUI backend forwards;
 * they are the same below each root of `ModelRoot`, a list with semicolons.
 */
export const swarmui: AppProfile = {
  id: 'swarmui',
  name: 'SwarmUI',
  way: { kind: 'links' },
  otherWays: [{ kind: 'config', format: 'swarmui-fds' }],
  versions: {
    scheme: 'leading-three',
    files: [{ path: 'src/SwarmUI.csproj', after: '<Version>', before: '<' }],
    holdsFor: '>=0.9.3',
  },
  fileNames: 'cleaned',
  /* It keeps what it learns in its own data folder; a .swarm.json beside a model is read where there is one. */
  sidecars: {
    metadata: 'beside',
    previews: ['.jpg', '.png', '.preview.png', '.preview.jpg', '.jpeg', '.preview.jpeg', '.thumb.jpg', '.thumb.png'],
  },
  marks: ['src/SwarmUI.csproj', 'Data/Settings.fds', 'Models'],
  signs: { all: ['src/SwarmUI.csproj'], none: [] },
  pluginFolder: 'src/Extensions',
  rules: [
    rule(['checkpoint'], 'Stable-Diffusion'),
    rule(['diffusion-model'], 'diffusion_models'),
    rule(['lora'], 'Lora'),
    rule(['vae'], 'VAE'),
    rule(['embedding'], 'Embeddings'),
    rule(['controlnet', 't2i-adapter'], 'controlnet'),
    rule(['text-encoder'], 'text_encoders'),
    rule(['clip-vision'], 'clip_vision'),
    rule(['upscaler'], 'upscale_models'),
    rule(['style-model'], 'style_models'),
    rule(['ip-adapter'], 'ipadapter'),
    rule(['gligen'], 'gligen'),
  ],
  unmapped: [
    { types: ['hypernetwork', 'motion-module'], reason: 'SwarmUI does not forward such models to its backends' },
    otherTypes('SwarmUI', ['gligen']),
    languageModels('SwarmUI'),
    unknownType,
  ],
  configFiles: [
    {
      format: 'swarmui-fds',
      path: 'Data/Settings.fds',
      windowsPath: null,
      settings: [{ folder: 'Models', key: 'ModelRoot', effect: 'adds' }],
      note: 'do this while SwarmUI is not running: it writes the file anew when settings change',
    },
  ],
};
