import { extensionOf } from '@modelkeep/core';
import { folderOf, type ModelGroup } from './group-files.ts';

const GENERIC_STEMS = new Set([
  'model',
  'pytorch_model',
  'diffusion_pytorch_model',
  'adapter_model',
  'pytorch_lora_weights',
  'consolidated',
  'open_clip_pytorch_model',
  'flax_model',
]);

/**
 * The official name of a model: its file's name without the extension. A name that says nothing (`model.safetensors`)
 * gives way to the folder's, and at the root to the source's.
 *
 * @param sourceName - name of the repo or of the imported folder
 */
export function groupName(group: ModelGroup, sourceName: string): string {
  const folderName = (folder: string): string =>
    folder === '' ? sourceName : (folder.split('/').at(-1) ?? sourceName);
  if (group.kind === 'diffusers') return folderName(group.folder);
  const base = group.key.slice(group.key.lastIndexOf('/') + 1);
  const extension = extensionOf(base);
  const stem = extension === '' ? base : base.slice(0, -extension.length - 1);
  const plain = stem.replace(/\.(?:fp16|fp32|bf16|non_ema|ema)$/iu, '');
  return GENERIC_STEMS.has(plain.toLowerCase()) ? folderName(folderOf(group.key)) : stem;
}
