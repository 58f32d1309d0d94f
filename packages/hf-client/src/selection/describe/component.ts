import { baseOf, folderOf } from './name-parts.ts';

const FOLDERS = new Set([
  // The parts of pipelines, as diffusers names them.
  'adapter',
  'connectors',
  'controlnet',
  'decoder',
  'feature_extractor',
  'image_encoder',
  'image_processor',
  'motion_adapter',
  'movq',
  'prior',
  'processor',
  'safety_checker',
  'scheduler',
  'text_encoder',
  'tokenizer',
  'transformer',
  'unet',
  'vae',
  'vae_decoder',
  'vae_encoder',
  'vocoder',
  'vqgan',
  'vqvae',
  // The folders of ComfyUI, as repos made for it lay out their files.
  'audio_encoders',
  'checkpoints',
  'clip',
  'clip_vision',
  'diffusion_models',
  'embeddings',
  'gligen',
  'hypernetworks',
  'ipadapter',
  'latent_upscale_models',
  'loras',
  'model_patches',
  'style_models',
  'text_encoders',
  'upscale_models',
  'vae_approx',
]);

/** The innermost folder whose name says what kind of part is in it, in lower case. */
export function componentOf(path: string): string | null {
  if (isProjector(path)) return 'mmproj';
  const folders = folderOf(path).toLowerCase().split('/').toReversed();
  return folders.find((folder) => FOLDERS.has(folder.replace(/(?:_\d+)+$/u, ''))) ?? null;
}

/** Whether a file is the part of a GGUF model that lets it see or hear. */
function isProjector(path: string): boolean {
  return /(?:^|[-_.])mmproj(?=[-_.]).*\.gguf$/iu.test(baseOf(path));
}
