import type { TensorFact } from '../classify/view/tensor-view.ts';
import type { PickleContents, PlacedTensor } from './pickle-contents.ts';

/** Dictionaries that trainers put a model's tensors in, the wanted one first. */
const WRAPPERS = [
  'params_ema',
  'params',
  'state_dict',
  'model_state_dict',
  'state_dict_ema',
  'model_ema',
  'ema',
  'model',
  'module',
  'net',
  'generator',
  'g_ema',
  'weights',
  'string_to_param',
  'networks',
];
/** What belongs to the training and not to the model. */
const TRAINING =
  /^(?:optimizer|optimizers|optimizer_states|optim|lr_schedulers?|scheduler|callbacks|loops|rng|rng_state|scaler|amp|loss|discriminator|d_optim|g_optim)/i;

/** @internal Which of the tensors are the model's, under the names that the model itself has. */
export function chooseTensors(placed: readonly PlacedTensor[]): Pick<PickleContents, 'tensors' | 'below'> {
  let prefix: readonly string[] = [];
  let within = placed.filter(({ path }) => !TRAINING.test(path[0] ?? ''));
  if (within.length === 0) within = [...placed];
  for (let depth = 0; depth < 3; depth += 1) {
    const next = wrapperOf(within, prefix.length);
    if (next === null) break;
    within = within.filter(({ path }) => path[prefix.length] === next && path.length > prefix.length + 1);
    prefix = [...prefix, next];
  }
  const isEmbedding = prefix.at(-1) === 'string_to_param';
  const kept = isEmbedding ? prefix.length - 1 : prefix.length;
  const tensors = new Map<string, TensorFact>();
  for (const { path, tensor } of within) tensors.set(path.slice(kept).join('.'), tensor);
  return { tensors, below: prefix.join('.') };
}

/** The wrapper at this depth: the first known name with tensors below it, unless tensors stand beside it. */
function wrapperOf(placed: readonly PlacedTensor[], depth: number): string | null {
  const names = new Map<string, number>();
  for (const { path } of placed) {
    const name = path[depth];
    if (name !== undefined && path.length > depth + 1) names.set(name, (names.get(name) ?? 0) + 1);
  }
  const wrapper = WRAPPERS.find((name) => names.has(name));
  if (wrapper === undefined) return null;
  // A state dict may have a module of such a name: then most of its tensors stand beside it.
  const beside = placed.filter(({ path }) => path.length === depth + 1).length;
  return beside > (names.get(wrapper) ?? 0) ? null : wrapper;
}
