import { fork } from 'node:child_process';
import { join } from 'node:path';

/** A server in a process of its own. */
export interface ServerProcess<T> extends AsyncDisposable {
  /** What it said when it was ready. */
  readonly ready: T;
}

/** Starts one of `servers/`, sends it its input and waits until it is ready. It ends when its channel is closed. */
export async function startServerProcess<T>(name: string, input: object): Promise<ServerProcess<T>> {
  const child = fork(join(import.meta.dirname, `servers/${name}.program.ts`), [], {
    execArgv: process.execArgv,
  });
  child.send(input);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = await new Promise<T>((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`the server ${name} ended with ${code}`)));
  });
  return {
    ready,
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
