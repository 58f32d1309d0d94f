import type { SafetensorsDtype, TensorDefinition } from './safetensors.ts';

/** Tensor names with their shapes, in file order: the layout of a real model. */
export type TensorShapes = Readonly<Record<string, readonly number[]>>;

/** A layout in the making. */
export type MutableShapes = Record<string, readonly number[]>;

/** Adds `<name>.weight` and `<name>.bias`. */
export function addLinear(shapes: MutableShapes, name: string, shape: readonly number[]): void {
  shapes[`${name}.weight`] = shape;
  shapes[`${name}.bias`] = [shape[0] ?? 1];
}

/** The layout with a prefix before each name. */
export function prefixed(prefix: string, shapes: TensorShapes): TensorShapes {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [`${prefix}${name}`, shape]));
}

/** How {@link narrowed} makes a layout smaller. */
export interface NarrowOptions {
  /** Each wide dimension is divided by this, rounded up. 1 keeps the genuine shapes. */
  readonly divisor: number;
  /** Dimensions up to this stay: kernels, channels of images and latents, head sizes. @default 128 */
  readonly keepUpTo?: number;
  /** Tensors that keep their genuine shape. */
  readonly keep?: readonly RegExp[];
  /** Tensors that keep their genuine second dimension, the width of what they read. */
  readonly keepInput?: readonly RegExp[];
}

/**
 * The same names with smaller shapes. Equal dimensions stay equal, so that the layout remains a possible model of the
 * architecture, only a thin one; what recognition rests on keeps its genuine size.
 */
export function narrowed(
  shapes: TensorShapes,
  { divisor, keepUpTo = 128, keep = [], keepInput = [] }: NarrowOptions,
): TensorShapes {
  const thin = (dimension: number): number =>
    dimension <= keepUpTo ? dimension : Math.max(1, Math.ceil(dimension / divisor));
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      if (keep.some((pattern) => pattern.test(name))) return [name, shape];
      const input = keepInput.some((pattern) => pattern.test(name));
      return [name, shape.map((dimension, axis) => (input && axis === 1 ? dimension : thin(dimension)))];
    }),
  );
}

/** A layout as tensors of one dtype. */
export function tensorsOf(shapes: TensorShapes, dtype: SafetensorsDtype): Readonly<Record<string, TensorDefinition>> {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { dtype, shape }]));
}
