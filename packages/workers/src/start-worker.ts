import { Worker } from 'node:worker_threads';

/** Where a worker's code is. */
export interface WorkerEntry {
  /** The bundled text of the worker, put in by the build; undefined when run from the sources. */
  readonly code: string | undefined;
  /** The worker's source file, used when there is no text. Not asked otherwise: a bundle has no such file. */
  readonly url: () => URL;
}

/** Flags that say how the process's own program is read; a thread that inherits them does not start. */
const FLAGS_OF_THE_PROGRAM = /^--(?:input-type|entry-url|test|watch)(?:[-=]|$)/;

/** @internal Starts a thread; throws where the platform cannot. */
export function startWorker(name: string, entry: WorkerEntry, workerUrl?: URL): Worker {
  const options = { name, execArgv: process.execArgv.filter((flag) => !FLAGS_OF_THE_PROGRAM.test(flag)) };
  if (workerUrl !== undefined) return new Worker(workerUrl, options);
  if (entry.code !== undefined) return new Worker(entry.code, { ...options, eval: true });
  return new Worker(entry.url(), options);
}
