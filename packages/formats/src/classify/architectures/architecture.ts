/** Outputs and inputs of a module. */
export type Size = readonly [outputs: number, inputs: number];

/** The linear layers of a model: what an adapter can change, and what a part of the model has. */
export interface Architecture {
  readonly family: string;
  readonly variant?: string | null;
  readonly baseModel?: string | null;
  /** In whose names the modules are. */
  readonly names: 'native' | 'diffusers';
  /** How many of each kind of block it has, by the word before the number. */
  readonly blocks: Readonly<Record<string, number>>;
  /** By name, `#` for each number, `_` between words. One name may stand for layers of several sizes. */
  readonly modules: ReadonlyMap<string, readonly Size[]>;
  /** A family that has these modules too and that far more adapters are made for: it wins a tie. */
  readonly kin?: string;
}

/** Sizes by names that may hold alternatives: `{img,txt}_attn` stands for both. */
export type ModuleSizes = Readonly<Record<string, Size | readonly Size[]>>;

/** @internal Writes out the alternatives of names. */
export function moduleTable(...tables: readonly ModuleSizes[]): ReadonlyMap<string, readonly Size[]> {
  const modules = new Map<string, readonly Size[]>();
  for (const table of tables) {
    for (const [names, size] of Object.entries(table)) {
      const sizes = (typeof size[0] === 'number' ? [size] : size) as readonly Size[];
      for (const name of alternatives(names)) modules.set(name, sizes);
    }
  }
  return modules;
}

function alternatives(names: string): readonly string[] {
  const found = /\{([^{}]*)\}/.exec(names);
  if (found === null) return [names];
  const [group, inner = ''] = found;
  return inner.split(',').flatMap((word) => alternatives(names.replace(group, word)));
}
