import type { TaskContext } from '@modelkeep/workers';
import { CHUNK_BYTES, type GatedContext } from './worker-tools.ts';

/** @internal Main thread → worker: memory that both see. 0: go on, 1: let others go first. */
export interface GateInput {
  readonly gate?: SharedArrayBuffer | undefined;
}

/** @internal Worker → main thread, in place of progress: nothing is read or written until the gate is 0 again. */
export const GAVE_WAY = 'gave-way';

/** A head that has been moved reads at least so much before it is moved again. */
const SLICE_BYTES = 64 * 1024 * 1024;
/** How often a task that waits looks whether it may go on, in milliseconds. */
const LOOK_EVERY_MS = 5;

/** @internal Lets the gate hold a task that calls `nextTurn` after every {@link CHUNK_BYTES}. */
export function gated(context: TaskContext, { gate }: GateInput): TaskContext {
  if (gate === undefined) return context;
  const flag = new Int32Array(gate);
  let chunks = 0;
  const giveWay = async (): Promise<void> => {
    chunks += 1;
    if (chunks * CHUNK_BYTES < SLICE_BYTES || Atomics.load(flag, 0) === 0) return;
    context.report(GAVE_WAY);
    while (Atomics.load(flag, 0) !== 0 && !context.isCancelled() && !context.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    chunks = 0;
  };
  const gatedContext: GatedContext = {
    signal: context.signal,
    isCancelled: () => context.isCancelled(),
    report: (value) => context.report(value),
    giveWay,
  };
  return gatedContext;
}
