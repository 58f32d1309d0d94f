import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process that does a piece of work each time that it is told to. */
export interface WorkerProcess extends AsyncDisposable {
  /** Sends a line, and waits for the one that comes back. */
  ask(line: string): Promise<string>;
}

/** Starts the file again, with arguments, and waits for its first line. */
export async function startWorker(file: string, ...args: readonly string[]): Promise<WorkerProcess> {
  const child = spawn(process.execPath, ['--conditions=modelkeep-source', file, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('a worker ended before its work did');
    return value;
  };
  await next();
  return {
    ask(line) {
      child.stdin.write(`${line}\n`);
      return next();
    },
    async [Symbol.asyncDispose]() {
      const closed = once(child, 'close');
      child.stdin.end();
      await closed;
    },
  };
}

/** The side of the worker: says that it is ready, and answers each line until there are no more. */
export async function answerLines(work: (line: string) => Promise<void>): Promise<void> {
  process.stdout.write('ready\n');
  for await (const line of createInterface({ input: process.stdin })) {
    await work(line);
    process.stdout.write('done\n');
  }
}
