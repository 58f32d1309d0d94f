import type { Operation } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import { watchRoots, type ScanOptions } from '@modelkeep/library';
import type { RunningOperations } from '../workspace/running-operations.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { EnrichContext } from './enrich-types.ts';
import { scanAndEnrich, type ScanResult } from './scan-and-enrich.ts';

/** @internal */
export function createScanning(
  context: EnrichContext & { readonly fileSystem: FileSystem },
  operations: Pick<RunningOperations, 'join' | 'track'>,
): Pick<Workspace, 'scan' | 'watch'> {
  return {
    scan: (roots, { signal, ...request } = {}) =>
      operations.track(scanAndEnrich(context, [roots].flat(), { ...request, signal: operations.join(signal) })),
    watch(roots, { signal, ...request } = {}) {
      const folders = [roots].flat();
      const scanOnce = (options: ScanOptions): Operation<ScanResult> =>
        scanAndEnrich(context, folders, { ...request, ...options });
      const watch = watchRoots(context, scanOnce, folders, { ...request, signal: operations.join(signal) });
      void operations.track({ result: watch.ended });
      return watch;
    },
  };
}
