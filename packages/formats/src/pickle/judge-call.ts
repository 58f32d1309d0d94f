import type { PickleInstance, PickleValue } from './pickle-value.ts';
import { globalNameOf, itemsOf, kindOf } from './pickle-value.ts';
import type { GlobalJudgement } from './judge-global.ts';

/** Elements that a loader would have to make room for because one number says so. */
const MAX_ELEMENTS = 2 ** 32;
const PLAIN_ENCODINGS = new Set(['latin1', 'latin-1', 'iso-8859-1', 'utf-8', 'utf8', 'ascii']);
const ROOM_MAKERS = new Set([
  'builtins bytearray',
  'builtins bytes',
  '__builtin__ bytearray',
  'torch Tensor',
  'numpy ndarray',
  'numpy.core.multiarray _reconstruct',
  'numpy._core.multiarray _reconstruct',
]);
const STORAGE = /^torch(?:\.cuda)? \w+Storage$/;
/** They take a power of ten as it is written, and reckon it out then or when something asks them. */
const NUMBERS_OF_TEXT = new Set(['fractions Fraction', 'decimal Decimal']);
const LONG_EXPONENT = /e\+?\d{5}/iu;

/** They set their fourth argument as state, as BUILD does. */
const WITH_STATE = new Set(['torch._utils _rebuild_parameter_with_state', 'torch._tensor _rebuild_from_type_v2']);
const INTERNALS = 'sets something internal of Python';

const PLAIN_TYPE = /^[<>=|]?[A-Za-z?]\w*(?:\[\w+\])?$/;
/** Of texts: their room has to be zeroed first. */
const NEEDS_ZEROS = 8;
/** Of objects. Any others would let bytes pass for them. */
const OF_OBJECTS = 63;
const MADE_TYPE = 'makes a type of numbers, with which bytes may pass for objects';

/** @internal What speaks against a call of `callee`, beside what naming it says. */
export function judgeCall(callee: PickleValue, args: PickleValue): GlobalJudgement | null {
  const name = globalNameOf(callee);
  if (name === undefined) return { severity: 'dangerous', reason: 'calls something that cannot be told' };
  if (kindOf(args) !== 'tuple')
    return { severity: 'dangerous', reason: 'calls something with arguments that cannot be told' };
  const items = itemsOf(args);
  if (name === '_codecs encode') {
    const isPlain = items.slice(1).every((item) => typeof item === 'string' && PLAIN_ENCODINGS.has(item.toLowerCase()));
    return isPlain ? null : { severity: 'dangerous', reason: 'decodes a hidden text' };
  }
  if (name === 'torch.storage _load_from_bytes')
    return { severity: 'suspicious', reason: 'loads a pickle within the pickle' };
  if (name === 'torch._tensor _rebuild_from_type_v2' && globalNameOf(items[0])?.startsWith('torch._utils ') !== true) {
    return { severity: 'dangerous', reason: 'calls something that cannot be told' };
  }
  if (name === 'numpy ndarray' && items.length > 2) {
    return { severity: 'suspicious', reason: 'makes an array of bytes as they are' };
  }
  if (name === 'numpy dtype' && !isPlainType(items[0])) return { severity: 'suspicious', reason: MADE_TYPE };
  if (WITH_STATE.has(name) && setsInternals(items[3] ?? null)) {
    return { severity: 'dangerous', reason: INTERNALS };
  }
  if ((ROOM_MAKERS.has(name) || STORAGE.test(name)) && elementsOf(items) > MAX_ELEMENTS) {
    return { severity: 'suspicious', reason: 'would fill the memory' };
  }
  if (NUMBERS_OF_TEXT.has(name) && items.some((item) => typeof item === 'string' && LONG_EXPONENT.test(item))) {
    return { severity: 'suspicious', reason: 'would reckon with a number without end' };
  }
  return null;
}

/** @internal What speaks against setting `state` on `target`. */
export function judgeState(target: PickleValue, state: PickleValue): GlobalJudgement | null {
  if (kindOf(target) === 'global') return { severity: 'dangerous', reason: 'changes a class or a function' };
  if (kindOf(target) !== 'instance')
    return { severity: 'suspicious', reason: 'sets the state of something that has none' };
  if (setsInternals(state)) return { severity: 'dangerous', reason: INTERNALS };
  return madeType(target as PickleInstance, state) ? { severity: 'suspicious', reason: MADE_TYPE } : null;
}

function madeType({ callee, args: [type] }: PickleInstance, state: PickleValue): boolean {
  if (globalNameOf(callee) !== 'numpy dtype') return false;
  const [, , ofOthers, names, fields, , , flags = 0] = itemsOf(state);
  if ([ofOthers, names, fields].some((part) => part !== null && part !== undefined)) return true;
  const isOfObjects = typeof type !== 'string' || type.includes('O');
  return isOfObjects ? flags !== OF_OBJECTS : flags !== 0 && flags !== NEEDS_ZEROS;
}

/** A type of numbers by its name, or a class of numpy's. */
function isPlainType(type: PickleValue | undefined): boolean {
  return typeof type === 'string' ? PLAIN_TYPE.test(type) : globalNameOf(type)?.startsWith('numpy ') === true;
}

function setsInternals(state: PickleValue): boolean {
  const parts = [state, ...itemsOf(state)];
  const keys = parts.flatMap((part) =>
    typeof part === 'object' && part !== null && part.kind === 'dict' ? part.entries.map(([key]) => key) : [],
  );
  return keys.some((key) => {
    const kind = kindOf(key);
    return kind === 'instance' || kind === 'unknown' || (typeof key === 'string' && /^__.*__$/s.test(key));
  });
}

function elementsOf(items: readonly PickleValue[]): number {
  const sizes = items
    .flatMap((item) => [item, ...itemsOf(item)])
    .filter((item) => typeof item === 'number' || typeof item === 'bigint');
  return sizes.reduce<number>((product, size) => product * Math.max(1, Math.abs(Number(size))), 1);
}
