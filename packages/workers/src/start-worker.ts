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

/** Flags that say where modules come from: a thread needs them too. */
const FLAGS_OF_MODULES = /^--(?:conditions|import|require)=/;

/**
 * The flags of a thread: those of the process, as Node hands them on by itself. Only where one of them would keep the
 * thread from starting they are picked by hand: a thread that is given any of V8's flags does not start either.
 */
function threadFlags(): string[] | undefined {
  if (!process.execArgv.some((flag) => FLAGS_OF_THE_PROGRAM.test(flag))) return undefined;
  return process.execArgv.filter((flag) => FLAGS_OF_MODULES.test(flag));
}

/** @internal Starts a thread; throws where the platform cannot. */
export function startWorker(name: string, entry: WorkerEntry, workerUrl?: URL): Worker {
  const flags = threadFlags();
  // A descriptor that one thread has opened may be in use by another: the end of a thread closes none of them.
  const options = { name, trackUnmanagedFds: false, ...(flags === undefined ? {} : { execArgv: flags }) };
  if (workerUrl !== undefined) return new Worker(workerUrl, options);
  if (entry.code !== undefined) return new Worker(entry.code, { ...options, eval: true });
  return new Worker(entry.url(), options);
}
