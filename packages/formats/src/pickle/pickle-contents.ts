import type { TensorFact } from '../classify/view/tensor-view.ts';

/** What a pickle holds, as far as names and shapes go. */
export interface PickleContents {
  /** The model's tensors by name, without what stands before them in the file. */
  readonly tensors: ReadonlyMap<string, TensorFact>;
  /** The name of the dictionary that they were in, such as `state_dict` or `params_ema`; empty for the outermost. */
  readonly below: string;
  /** Plain values that stand beside the tensors: `global_step`, `epoch`, `name`, … */
  readonly values: ReadonlyMap<string, string | number | boolean>;
}

/** A tensor with the place where it was found. */
export interface PlacedTensor {
  readonly path: readonly string[];
  readonly tensor: TensorFact;
}
