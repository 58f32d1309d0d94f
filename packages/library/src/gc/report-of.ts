import type { BlobCensus, FoundGarbage } from './find-garbage.ts';
import type { GarbageItem, GcReport } from './gc-report.ts';

/** @internal */
export interface ReportParts {
  readonly dryRun: boolean;
  readonly items: readonly FoundGarbage[];
  readonly restored: readonly string[];
  readonly moved?: readonly string[] | undefined;
  readonly census: BlobCensus;
}

/** @internal Adds up what was found. */
export function reportOf({ dryRun, items, restored, moved, census }: ReportParts): GcReport {
  const shown = items.map(({ absolutePath: _path, sha256: _sha256, ...item }): GarbageItem => item);
  const sum = (step: GarbageItem['step'], field: 'sizeBytes' | 'freedBytes'): number =>
    shown.reduce((total, item) => total + (item.step === step ? item[field] : 0), 0);
  return {
    dryRun,
    items: shown,
    restored: [...new Set(restored)],
    ...(moved === undefined ? {} : { moved }),
    needed: census.needed,
    young: census.young,
    bytesToTrash: sum('trash', 'sizeBytes'),
    bytesReclaimable: sum('trash', 'freedBytes'),
    bytesFreed: sum('delete', 'freedBytes'),
  };
}
