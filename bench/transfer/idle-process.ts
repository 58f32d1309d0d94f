import { fork } from 'node:child_process';
import { join } from 'node:path';
import { programFolder } from './build-programs.ts';

/** A Node process that does nothing: what its event loop waits is the machine's doing. */
export interface IdleProcess extends Disposable {
  /** @returns the p99 of its event loop's delay while `work` ran, in milliseconds, and what the work gave */
  during<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly p99Ms: number }>;
}

/** Starts it. */
export function startIdleProcess(): IdleProcess {
  const child = fork(join(programFolder, 'idle.program.mjs'), [], { execArgv: [] });
  const ask = (question: 'begin' | 'end'): Promise<number> =>
    new Promise((resolve) => {
      child.once('message', (answer) => resolve(Number(answer)));
      child.send(question);
    });
  return {
    async during(work) {
      await ask('begin');
      const result = await work();
      return { result, p99Ms: await ask('end') };
    },
    [Symbol.dispose]: () => child.disconnect(),
  };
}
