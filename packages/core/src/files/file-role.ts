import type { FileRole } from '../records/model-terms.ts';

const WEIGHT_EXTENSIONS = new Set(['safetensors', 'sft', 'gguf', 'ckpt', 'pt', 'pt2', 'pth', 'bin', 'pkl', 'onnx']);
const PREVIEW_EXTENSIONS = new Set(['png', 'jpg', 'jpeg', 'webp', 'gif']);
/** Optimisers, schedulers and random states of a training run, by the names that trainers give them. */
const TRAINING_STATE =
  /^(?:(?:training_args|optimizer|scheduler|scaler|rng_state(?:_\d+)?|random_states(?:_\d+)?|trainer_state)\.(?:bin|pt|pth|pkl)|.*zero_pp_rank_\d+_mp_rank_\d+_(?:optim|model)_states\.pt)$/iu;
/** Statistics for making quantisations, in the container of a model: `imatrix_unsloth.gguf`, `x.imatrix.gguf`. */
const IMPORTANCE_MATRIX = /^(?:imatrix[^/]*|.*\.imatrix)\.gguf$/iu;
const TOKENIZER =
  /^(?:tokenizer.*\.json|vocab\.(?:json|txt)|merges\.txt|special_tokens_map\.json|added_tokens\.json|spiece\.model|sentencepiece.*\.model|tokenizer\.model|tekken\.json|chat_template\.(?:jinja|json))$/iu;

/** The extension in lower case, without the dot; `''` for a name without one and for a hidden one. */
export function extensionOf(path: string): string {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const dot = base.lastIndexOf('.');
  return dot <= 0 ? '' : base.slice(dot + 1).toLowerCase();
}

/** Whether a name is that of a training run's state, which no app loads. */
export function isTrainingState(path: string): boolean {
  return TRAINING_STATE.test(path.slice(path.lastIndexOf('/') + 1));
}

/**
 * What a file is for, as its name promises: decides what a download selects and which files belong together. What the
 * bytes really are is told by identification.
 *
 * @param path - `/` between segments
 */
export function fileRole(path: string): FileRole {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const extension = extensionOf(base);
  if (TOKENIZER.test(base)) return 'tokenizer';
  if (/\.index(?:\.[a-z0-9_]+)?\.json$/iu.test(base)) return 'index';
  if (WEIGHT_EXTENSIONS.has(extension)) {
    return TRAINING_STATE.test(base) || IMPORTANCE_MATRIX.test(base) ? 'other' : 'weights';
  }
  if (/^readme(?:\.[a-z]+)?$/iu.test(base)) return 'readme';
  if (/^(?:licen[cs]e|copying|notice|use_policy)(?:[-_.].*)?$/iu.test(base)) return 'licence';
  if (PREVIEW_EXTENSIONS.has(extension)) return 'preview';
  if (extension === 'json' || extension === 'yaml' || extension === 'yml' || extension === 'jinja') return 'config';
  return 'other';
}
