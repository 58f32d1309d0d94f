import { translateSystemError, type FailedOperation } from '../errors/translate-system-error.ts';
import { withDescriptors } from './with-descriptors.ts';

/** @internal Runs system calls, of which only the first one opens anything; what they throw becomes an `io.*` error. */
export async function guarded<T>(operation: FailedOperation, run: () => Promise<T>): Promise<T> {
  try {
    return await withDescriptors(run);
  } catch (error) {
    throw translateSystemError(error, operation);
  }
}
