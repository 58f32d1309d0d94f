/** A global that a pickle names: `module.name`. Nothing is imported here. */
export interface PickleGlobal {
  readonly kind: 'global';
  readonly module: string;
  readonly name: string;
}

/** What a call would have made, had it been made. */
export interface PickleInstance {
  readonly kind: 'instance';
  readonly callee: PickleValue;
  readonly args: readonly PickleValue[];
  /** What BUILD would have set. */
  state?: PickleValue;
  /** What SETITEMS, APPENDS and ADDITEMS would have put in. */
  readonly entries: (readonly [key: PickleValue, value: PickleValue])[];
  readonly items: PickleValue[];
}

/** An ordered container. */
export interface PickleSequence {
  readonly kind: 'tuple' | 'list' | 'set';
  readonly items: PickleValue[];
}

/** A dictionary; a later entry of the same key counts. */
export interface PickleDictionary {
  readonly kind: 'dict';
  readonly entries: (readonly [key: PickleValue, value: PickleValue])[];
}

/** Bytes, kept where they are short. */
export interface PickleBytes {
  readonly kind: 'bytes';
  readonly length: number;
  readonly bytes: Uint8Array | null;
}

/** What the loader of the file would have to give for an id, such as a tensor's storage. */
export interface PicklePersistent {
  readonly kind: 'persistent';
  readonly id: PickleValue;
}

/** Something that cannot be told: a text too long to keep, an extension, a buffer from outside. */
export interface PickleUnknown {
  readonly kind: 'unknown';
}

/** A value as the simulated pickle machine knows it. May be shared and circular, as in a pickle. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleGlobal
  | PickleInstance
  | PickleSequence
  | PickleDictionary
  | PickleBytes
  | PicklePersistent
  | PickleUnknown;

/** @internal The kind of a value, or undefined for plain ones. */
export function kindOf(
  value: PickleValue | undefined,
): Exclude<PickleValue, null | boolean | number | bigint | string>['kind'] | undefined {
  return typeof value === 'object' && value !== null ? value.kind : undefined;
}

/** @internal The items of a tuple or list, or none. */
export function itemsOf(value: PickleValue | undefined): readonly PickleValue[] {
  return typeof value === 'object' && value !== null && (value.kind === 'tuple' || value.kind === 'list')
    ? value.items
    : [];
}

/** @internal `module name` of a global, or undefined for anything else. */
export function globalNameOf(value: PickleValue | undefined): string | undefined {
  return typeof value === 'object' && value !== null && value.kind === 'global'
    ? `${value.module} ${value.name}`
    : undefined;
}
