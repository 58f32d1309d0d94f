import { Worker } from 'node:worker_threads';

/** Where a worker's code is. */
export interface WorkerEntry {
  /** The bundled text of the worker, put in by the build; undefined when run from the sources. */
  readonly code: string | undefined;
  /** The worker's source file, used when there is no text. Not asked otherwise: a bundle has no such file. */
  readonly url: () => URL;
}

/** @internal Starts a thread; throws where the platform cannot. */
export function startWorker(name: string, entry: WorkerEntry, workerUrl?: URL): Worker {
  if (workerUrl !== undefined) return new Worker(workerUrl, { name });
  if (entry.code !== undefined) return new Worker(entry.code, { name, eval: true });
  return new Worker(entry.url(), { name });
}
