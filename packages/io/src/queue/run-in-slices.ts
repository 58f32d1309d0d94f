import { GAVE_WAY } from '../worker/give-way.ts';
import type { DriveQueue, Place, PlaceRequest } from './drive-queue.ts';
import { takePlaces } from './take-places.ts';

/** @internal What a call to a worker is given, so that it can be held. */
export interface SlicedCall {
  readonly gate: SharedArrayBuffer;
  readonly onProgress: (value: unknown) => void;
}

/** @internal What {@link runInSlices} runs. */
export interface SlicedOperation<T> {
  /** Of all drives that it works on. */
  readonly queues: readonly DriveQueue[];
  readonly request: Pick<PlaceRequest, 'priority' | 'owner'>;
  /** Ends a wait for a place. The call itself ends by its own signal. */
  readonly signal: AbortSignal;
  readonly onProgress?: ((value: unknown) => void) | undefined;
  readonly run: (call: SlicedCall) => Promise<T>;
  readonly bytesOf: (result: T) => number;
}

/**
 * @internal Runs a long operation with a place on each of its drives. When it is asked to, it gives them back between two slices and
 * goes on where it was once it has them again.
 *
 * @throws `signal.reason`, and what the operation throws
 */
export async function runInSlices<T>(operation: SlicedOperation<T>): Promise<T> {
  const { queues, signal, onProgress } = operation;
  const gate = new SharedArrayBuffer(4);
  const flag = new Int32Array(gate);
  const ended = new AbortController();
  const request: PlaceRequest = { ...operation.request, onGiveWay: () => Atomics.store(flag, 0, 1) };
  let place: Place = await takePlaces(queues, request, signal);
  /** Never rejects: who ends the wait ends the operation as well. */
  const waitForTurn = async (): Promise<void> => {
    place.release();
    try {
      place = await takePlaces(queues, request, AbortSignal.any([signal, ended.signal]));
    } catch {
      return;
    }
    if (ended.signal.aborted) place.release();
    else Atomics.store(flag, 0, 0);
  };
  try {
    const result = await operation.run({
      gate,
      onProgress: (value) => {
        if (value === GAVE_WAY) void waitForTurn();
        else onProgress?.(value);
      },
    });
    place.release(operation.bytesOf(result));
    return result;
  } finally {
    ended.abort();
    place.release();
  }
}
