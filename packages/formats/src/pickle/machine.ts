import type { FindingLog } from './findings.ts';
import { judgeCall, judgeState } from './judge-call.ts';
import { judgeGlobal, type GlobalJudgement } from './judge-global.ts';
import { pickleLimits } from './limits.ts';
import { globalNameOf, kindOf, type PickleBytes, type PickleGlobal, type PickleValue } from './pickle-value.ts';

/** Where a pickle stops making sense, as an unpickler would. */
export class PickleProblem extends Error {
  /** Whether more bytes might have made sense. */
  readonly isCut: boolean;
  /** Whether an unpickler would go on: it is the scan that has had enough. */
  readonly isLimit: boolean;
  constructor(reason: string, why: 'broken' | 'cut' | 'limit' = 'broken') {
    super(reason);
    this.isCut = why === 'cut';
    this.isLimit = why === 'limit';
  }
}

/** A pickle in bytes that the pickle would load. */
export interface InnerPickle {
  readonly bytes: Uint8Array;
  readonly offset: number;
}

/** A pickle machine that runs nothing: a stack, marks and a memo of what values would be. */
export interface PickleMachine {
  /** Does one opcode, whose argument was read already. Throws {@link PickleProblem}. */
  step(name: string, argument: PickleValue, offset: number): void;
  /** Names a global that stands in the opcode itself. */
  global(module: string, name: string, offset: number): PickleGlobal;
  /** What STOP gives. Throws {@link PickleProblem}. */
  result(): PickleValue;
  readonly inner: readonly InnerPickle[];
}

const UNKNOWN: PickleValue = { kind: 'unknown' };

/** @internal Makes a {@link PickleMachine}. */
export function createPickleMachine(log: FindingLog): PickleMachine {
  const stack: PickleValue[] = [];
  const marks: number[] = [];
  const memo = new Map<number, PickleValue>();
  const inner: InnerPickle[] = [];
  let offset = 0;

  const report = (judgement: GlobalJudgement | null, global: PickleValue | undefined): void => {
    if (judgement !== null) log.add({ ...judgement, global: globalNameOf(global)?.replace(' ', '.') ?? null, offset });
  };
  const push = (value: PickleValue): void => {
    if (stack.length >= pickleLimits.maxStack)
      throw new PickleProblem(`more than ${pickleLimits.maxStack} values at a time`, 'limit');
    stack.push(value);
  };
  const fence = (): number => marks.at(-1) ?? 0;
  const pop = (): PickleValue => {
    const value = stack.length > fence() ? stack.pop() : undefined;
    if (value === undefined) throw new PickleProblem('takes a value where there is none');
    return value;
  };
  const top = (): PickleValue => {
    const value = stack.length > fence() ? stack.at(-1) : undefined;
    if (value === undefined) throw new PickleProblem('takes a value where there is none');
    return value;
  };
  const popMark = (): PickleValue[] => {
    const mark = marks.pop();
    if (mark === undefined) throw new PickleProblem('goes back to a mark that is not there');
    return stack.splice(mark);
  };
  const named = (module: string, name: string): PickleGlobal => {
    const global: PickleGlobal = { kind: 'global', module, name };
    report(judgeGlobal(global), global);
    return global;
  };
  const call = (callee: PickleValue, args: PickleValue): PickleValue => {
    report(judgeCall(callee, args), callee);
    const items = kindOf(args) === 'tuple' ? (args as { readonly items: PickleValue[] }).items : [];
    if (globalNameOf(callee) === 'torch.storage _load_from_bytes') keepInner(items[0]);
    return { kind: 'instance', callee, args: items, entries: [], items: [] };
  };
  const keepInner = (value: PickleValue | undefined): void => {
    const bytes = kindOf(value) === 'bytes' ? (value as PickleBytes).bytes : null;
    if (bytes !== null) inner.push({ bytes, offset });
  };
  const paired = (items: readonly PickleValue[]): [PickleValue, PickleValue][] => {
    if (items.length % 2 !== 0) throw new PickleProblem('a key without a value');
    return items.flatMap((key, index) =>
      index % 2 === 0 ? [[key, items[index + 1] ?? null] as [PickleValue, PickleValue]] : [],
    );
  };
  /** The container that items go into: a global would be changed, anything else does not take any. */
  const container = (): PickleValue => {
    const target = top();
    if (kindOf(target) === 'global') report({ severity: 'dangerous', reason: 'changes a class or a function' }, target);
    return target;
  };
  const putEntries = (entries: readonly (readonly [PickleValue, PickleValue])[]): void => {
    const target = container();
    if (typeof target === 'object' && target !== null && (target.kind === 'dict' || target.kind === 'instance')) {
      for (const entry of entries) target.entries.push(entry);
    }
  };
  const putItems = (items: readonly PickleValue[]): void => {
    const target = container();
    if (typeof target === 'object' && target !== null && 'items' in target)
      for (const item of items) target.items.push(item);
  };
  const remember = (index: number): void => {
    if (index > pickleLimits.maxMemoIndex || index < 0) {
      log.add({ severity: 'suspicious', reason: 'a memo that would fill the memory', global: null, offset });
    }
    memo.set(index, top());
  };
  const recall = (argument: PickleValue): void => {
    const value = memo.get(Number(argument));
    if (value === undefined) throw new PickleProblem('recalls what was not remembered');
    push(value);
  };

  const actions: Readonly<Record<string, (argument: PickleValue) => void>> = {
    MARK: () => {
      if (marks.length >= pickleLimits.maxStack)
        throw new PickleProblem(`more than ${pickleLimits.maxStack} marks`, 'limit');
      marks.push(stack.length);
    },
    POP: () => {
      if (stack.length > fence()) stack.pop();
      else popMark();
    },
    POP_MARK: () => void popMark(),
    DUP: () => push(top()),
    PROTO: (argument) => {
      if (Number(argument) > 5) throw new PickleProblem(`protocol ${Number(argument)}; 0 to 5 are known`);
    },
    FRAME: () => {},
    REDUCE: () => {
      const args = pop();
      push(call(pop(), args));
    },
    NEWOBJ: () => {
      const args = pop();
      push(call(pop(), args));
    },
    NEWOBJ_EX: () => {
      const keywords = pop();
      const args = pop();
      const callee = pop();
      const made = call(callee, args);
      if (kindOf(keywords) === 'dict' && (keywords as { readonly entries: readonly unknown[] }).entries.length > 0) {
        report({ severity: 'suspicious', reason: 'calls with named arguments' }, callee);
      }
      push(made);
    },
    OBJ: () => {
      const [callee, ...items] = popMark();
      push(call(callee ?? UNKNOWN, { kind: 'tuple', items }));
    },
    INST: (argument) => {
      push(call(argument, { kind: 'tuple', items: popMark() }));
    },
    BUILD: () => {
      const state = pop();
      const target = top();
      const callee = kindOf(target) === 'instance' ? (target as { readonly callee: PickleValue }).callee : target;
      report(judgeState(target, state), callee);
      if (typeof target === 'object' && target !== null && target.kind === 'instance') target.state = state;
    },
    STACK_GLOBAL: () => {
      const name = pop();
      const module = pop();
      if (typeof name === 'string' && typeof module === 'string') push(named(module, name));
      else {
        report({ severity: 'dangerous', reason: 'names a global that cannot be told' }, undefined);
        push(UNKNOWN);
      }
    },
    BINPERSID: () => persistent(pop()),
    PERSID: (argument) => persistent(argument),
    PUT: (argument) => remember(Number(argument)),
    MEMOIZE: () => remember(memo.size),
    GET: recall,
    TUPLE: () => push({ kind: 'tuple', items: popMark() }),
    TUPLE1: () => push({ kind: 'tuple', items: [pop()] }),
    TUPLE2: () => push({ kind: 'tuple', items: [pop(), pop()].toReversed() }),
    TUPLE3: () => push({ kind: 'tuple', items: [pop(), pop(), pop()].toReversed() }),
    LIST: () => push({ kind: 'list', items: popMark() }),
    DICT: () => push({ kind: 'dict', entries: paired(popMark()) }),
    FROZENSET: () => push({ kind: 'set', items: popMark() }),
    EMPTY_TUPLE: () => push({ kind: 'tuple', items: [] }),
    EMPTY_LIST: () => push({ kind: 'list', items: [] }),
    EMPTY_DICT: () => push({ kind: 'dict', entries: [] }),
    EMPTY_SET: () => push({ kind: 'set', items: [] }),
    SETITEM: () => {
      const value = pop();
      putEntries([[pop(), value]]);
    },
    SETITEMS: () => putEntries(paired(popMark())),
    APPEND: () => putItems([pop()]),
    APPENDS: () => putItems(popMark()),
    ADDITEMS: () => putItems(popMark()),
    NONE: () => push(null),
    NEWTRUE: () => push(true),
    NEWFALSE: () => push(false),
    EXT: () => {
      report({ severity: 'dangerous', reason: 'names a global by a number of the loading program' }, undefined);
      push(UNKNOWN);
    },
    NEXT_BUFFER: () => {
      report({ severity: 'suspicious', reason: 'takes bytes from outside of the file' }, undefined);
      push(UNKNOWN);
    },
    READONLY_BUFFER: () => void top(),
  };

  function persistent(id: PickleValue): void {
    const [what, storage] = kindOf(id) === 'tuple' ? (id as { readonly items: readonly PickleValue[] }).items : [];
    if (what !== 'storage' || globalNameOf(storage)?.includes('Storage') !== true) {
      report({ severity: 'suspicious', reason: 'asks the loader for something that is no storage' }, undefined);
    }
    push({ kind: 'persistent', id });
  }

  return {
    step(name, argument, at) {
      offset = at;
      const action = actions[aliases.get(name) ?? name];
      if (action === undefined) push(argument);
      else action(argument);
    },
    global(module, name, at) {
      offset = at;
      return named(module, name);
    },
    result: () => pop(),
    inner,
  };
}

/** Opcodes that do the same with an argument of another width. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['BINPUT', 'PUT'],
  ['LONG_BINPUT', 'PUT'],
  ['BINGET', 'GET'],
  ['LONG_BINGET', 'GET'],
  ['EXT1', 'EXT'],
  ['EXT2', 'EXT'],
  ['EXT4', 'EXT'],
]);
