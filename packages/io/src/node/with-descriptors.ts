import { isMainThread } from 'node:worker_threads';
import { descriptorWaitsMs, systemClock } from '@modelkeep/core';
import { systemCodeOf } from '../errors/system-code-of.ts';

function isWithoutDescriptors(error: unknown): boolean {
  const code = systemCodeOf(error);
  return code === 'EMFILE' || code === 'ENFILE';
}

/** @internal Makes calls of which the first one opens something, again while no descriptor is left, for three seconds at most. */
export async function withDescriptors<T>(run: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (const waitMs of descriptorWaitsMs) {
    try {
      return await run();
    } catch (error) {
      if (!isWithoutDescriptors(error)) throw error;
    }
    await systemClock.sleep(waitMs, signal);
  }
  return run();
}

/** @internal {@link withDescriptors} for a blocking call. Only a worker waits: the calling thread would stand still. */
export function blockingWithDescriptors<T>(run: () => T): T {
  if (isMainThread) return run();
  for (const waitMs of descriptorWaitsMs) {
    try {
      return run();
    } catch (error) {
      if (!isWithoutDescriptors(error)) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
  }
  return run();
}
