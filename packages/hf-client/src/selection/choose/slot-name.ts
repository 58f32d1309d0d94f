import { withoutPrecision } from '../describe/precision.ts';
import { withoutQuantisation } from '../describe/quantisation.ts';
import { withoutVariant } from '../describe/variant.ts';

/** Names that frameworks give to weights whatever the model. */
const GENERIC =
  /^(?:diffusion_|open_clip_)?(?:pytorch_|flax_|tf_|openvino_)?model$|^(?:rust_|diffusion_flax_)model$|^consolidated$|^ggml-model$/iu;
/** Folders that are named for a format or a layout and not for a part. */
const LAYOUT_FOLDERS = new Set([
  'coreml',
  'flax',
  'gguf',
  'metal',
  'onnx',
  'openvino',
  'original',
  'pytorch',
  'safetensors',
  'tf',
]);

/** What weights in a folder have in common that hold the same in other formats, quantisations and precisions. */
export function slotOf(folder: string, name: string): string {
  const stem = plain(name.replace(/\.[a-z0-9_]+$/iu, ''));
  const folders = folder.split('/').map(plain);
  const kept = folders.filter((segment) => segment !== '' && segment !== stem && !LAYOUT_FOLDERS.has(segment));
  return [...kept, isGenericStem(stem) ? 'model' : stem].join('/');
}

/** Whether a name without its extension is one that any repo could have. */
export function isGenericStem(stem: string): boolean {
  return GENERIC.test(stem);
}

/** A name in lower case without what tells one variant from the other. */
function plain(text: string): string {
  const rest = withoutVariant(withoutPrecision(withoutQuantisation(text.toLowerCase())));
  return rest.replaceAll(/([-_. ])[-_. ]+/gu, '$1').replaceAll(/^[-_. ]+|[-_. ]+$/gu, '');
}
