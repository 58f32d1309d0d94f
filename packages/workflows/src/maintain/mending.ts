import type { RunningOperations } from '../workspace/running-operations.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { repairLibrary, type RepairLibraryContext } from './repair-library.ts';
import { verifyLibrary } from './verify-library.ts';

/** @internal */
export function createMending(
  context: RepairLibraryContext,
  operations: RunningOperations,
): Pick<Workspace, 'verify' | 'repair'> {
  return {
    verify: (request = {}) => verifyLibrary(context, request, operations),
    repair: (request = {}) =>
      operations.track(repairLibrary(context, { ...request, signal: operations.join(request.signal) })),
  };
}
