/** A tensor as classification sees it, whatever the file's format. */
export interface TensorFact {
  /** The format's own name of the element type. */
  readonly dtype: string;
  /** In torch's order: outputs before inputs. */
  readonly shape: readonly number[];
}

/** Tensors under the names that rules are written in. */
export interface TensorView {
  /** What was taken off the names, empty for none. */
  readonly prefix: string;
  readonly names: readonly string[];
  /** The tensor of this name without the prefix; else of this name as it stands in the file. */
  get(name: string): TensorFact | undefined;
  /** Two-dimensional shapes may be stored either way round (some GGUF writers). */
  readonly eitherOrder: boolean;
}

/** Longer names belong to no known model and are not looked at. */
const MAX_NAME_LENGTH = 512;

/** All tensors under the names of the file. */
export function rawView(
  tensors: ReadonlyMap<string, TensorFact>,
  options: { readonly eitherOrder: boolean },
): TensorView {
  const names = Array.from(tensors.keys()).filter((name) => name.length <= MAX_NAME_LENGTH);
  return { prefix: '', names, get: (name) => tensors.get(name), eitherOrder: options.eitherOrder };
}

/** The tensors below a prefix, or null where there is none. */
export function viewBelow(view: TensorView, prefix: string): TensorView | null {
  if (prefix === '') return view;
  const names = view.names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  if (names.length === 0) return null;
  return { prefix, names, get: (name) => view.get(prefix + name) ?? view.get(name), eitherOrder: view.eitherOrder };
}
