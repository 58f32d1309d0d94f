import { capableModules, dataGlobals, judgedGlobals, trainerModules } from './known-globals.ts';
import type { PickleGlobal } from './pickle-value.ts';
import { standardModules } from './stdlib-modules.ts';

/** What speaks against a global, or null where it makes data only. */
export interface GlobalJudgement {
  readonly severity: 'dangerous' | 'suspicious';
  readonly reason: string;
}

const PLAIN_MODULE = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;
const PLAIN_NAME = /^[A-Za-z_]\w*$/;

/** @internal Whether both parts could be written in a Python program. */
export function isPlainGlobal({ module, name }: PickleGlobal): boolean {
  return PLAIN_MODULE.test(module) && name.split('.').every((part) => PLAIN_NAME.test(part));
}

/** @internal What naming a global says. */
export function judgeGlobal(global: PickleGlobal): GlobalJudgement | null {
  const { module, name } = global;
  const key = `${module} ${name}`;
  if (dataGlobals.has(key) || judgedGlobals.has(key)) return null;
  if (!isPlainGlobal(global)) return { severity: 'dangerous', reason: 'names something that no program could write' };
  if (name.includes('.')) return { severity: 'dangerous', reason: 'reaches through one object to another' };
  if (name.startsWith('__') && name !== '__main__') {
    return { severity: 'dangerous', reason: 'names something internal of Python' };
  }
  if (trainerModules.test(module)) return { severity: 'suspicious', reason: "runs a trainer's own class when loaded" };
  const [root = ''] = module.split('.', 1);
  if (root === '__main__') return { severity: 'suspicious', reason: 'runs a class of the program that loads it' };
  if (standardModules.has(root))
    return { severity: 'dangerous', reason: 'a function or class of Python that weights do not need' };
  if (capableModules.has(root))
    return { severity: 'dangerous', reason: `something of ${root} that weights do not need` };
  return { severity: 'suspicious', reason: 'runs code of another package when loaded' };
}
