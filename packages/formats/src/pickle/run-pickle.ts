import type { BlockReader } from '../source/block-reader.ts';
import type { FindingLog } from './findings.ts';
import { isPlainGlobal } from './judge-global.ts';
import { lineValue } from './line-value.ts';
import { createPickleMachine, PickleProblem, type InnerPickle } from './machine.ts';
import { opcodeOf } from './opcodes.ts';
import type { PickleValue } from './pickle-value.ts';
import { createArgumentReader, type ArgumentReader } from './read-argument.ts';

/** How one pickle went. */
export interface PickleRun {
  /** What stands where it ends; null where it does not end. */
  readonly value: PickleValue;
  /** Why it does not end; null where it does. */
  readonly problem: string | null;
  /** Whether it does not end because the bytes do. */
  readonly isCut: boolean;
  /** Whether an unpickler would go on where the scan does not. */
  readonly isLimit: boolean;
  /** Opcodes that were understood. */
  readonly opcodes: number;
  /** Pickles in its bytes. */
  readonly inner: readonly InnerPickle[];
}

/**
 * @internal Runs one pickle in the simulated machine up to its STOP. What is found on the way is logged also where it
 * breaks off later: an unpickler has done it by then.
 *
 * @param base - added to the offsets of findings
 */
export async function runPickle(reader: BlockReader, log: FindingLog, base = 0): Promise<PickleRun> {
  const machine = createPickleMachine(log);
  const args = createArgumentReader(reader, log.budget);
  let opcodes = 0;
  const ended = (value: PickleValue, problem: string | null, why?: 'cut' | 'limit'): PickleRun => ({
    value,
    problem,
    isCut: why === 'cut',
    isLimit: why === 'limit',
    opcodes,
    inner: machine.inner,
  });
  try {
    for (;;) {
      const offset = base + reader.position;
      if (!reader.buffered(1) && !(await reader.fill(1))) return ended(null, 'ends before its STOP', 'cut');
      const byte = reader.byte();
      const opcode = opcodeOf(byte);
      if (opcode === undefined) return ended(null, `byte ${byte} is no opcode`);
      log.budget.opcodes -= 1;
      if (log.budget.opcodes < 0) return ended(null, 'more opcodes than are looked at', 'limit');
      const { name, argument } = opcode;
      if (name === 'STOP') {
        opcodes += 1;
        return ended(machine.result(), null);
      }
      if (argument === 'none') machine.step(name, null, offset);
      else if (argument === 'twoLines') {
        const module = await args.line();
        const global = machine.global(module, await lastLine(args, module), offset);
        machine.step(name === 'INST' ? 'INST' : 'PUSH', global, offset);
      } else {
        const value = await args.read(argument);
        if (argument === 'line') machine.step(name, lineValue(name, value as string), offset);
        else machine.step(name, value, offset);
      }
      opcodes += 1;
    }
  } catch (error) {
    if (error instanceof PickleProblem)
      return ended(null, error.message, error.isCut ? 'cut' : error.isLimit ? 'limit' : undefined);
    throw error;
  }
}

/** The name of a global. Where the file ends within it, some unpicklers import the module all the same. */
async function lastLine(args: ArgumentReader, module: string): Promise<string> {
  try {
    return await args.line();
  } catch (error) {
    if (error instanceof PickleProblem && error.isCut && isPlainGlobal({ kind: 'global', module, name: 'x' }))
      return '';
    throw error;
  }
}
