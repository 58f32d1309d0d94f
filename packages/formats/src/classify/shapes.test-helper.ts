import type { TensorFact } from './view/tensor-view.ts';

export type Shapes = Readonly<Record<string, readonly number[]>>;

export function tensorsOf(shapes: Shapes): ReadonlyMap<string, TensorFact> {
  return new Map(Object.entries(shapes).map(([name, shape]) => [name, { dtype: 'BF16', shape }]));
}

export function below(prefix: string, shapes: Shapes): Shapes {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [prefix + name, shape]));
}

export function adapter(
  modules: Readonly<Record<string, readonly [outputs: number, inputs: number]>>,
  form: 'kohya' | 'peft' = 'kohya',
): Shapes {
  const [down, up] = form === 'kohya' ? ['lora_down', 'lora_up'] : ['lora_A', 'lora_B'];
  return Object.fromEntries(
    Object.entries(modules).flatMap(([name, [outputs, inputs]]) => [
      [`${name}.${down}.weight`, [8, inputs]],
      [`${name}.${up}.weight`, [outputs, 8]],
    ]),
  );
}
