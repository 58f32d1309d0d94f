import { translateSystemError, type FailedOperation } from '../errors/translate-system-error.ts';

/** @internal Runs system calls; what they throw becomes an `io.*` error. */
export async function guarded<T>(operation: FailedOperation, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw translateSystemError(error, operation);
  }
}
