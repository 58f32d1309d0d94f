import { startOperation, type Operation } from '@modelkeep/core';
import type { ScanOptions, ScanReport } from '@modelkeep/library';
import { enrichLibrary } from './enrich-library.ts';
import type { EnrichContext, EnrichOptions, EnrichReport } from './enrich-types.ts';

/** How folders are scanned, and what is asked about what they hold. */
export interface ScanRequest extends ScanOptions {
  /** Whether the models that are new, changed or there again are enriched then, and how. @default false */
  readonly enrich?: boolean | Omit<EnrichOptions, 'models' | 'signal'> | undefined;
}

/** What a scan found, and what enriching added to it. Plain data. */
export interface ScanResult extends ScanReport {
  /** Absent where it was not asked for. */
  readonly enriched?: EnrichReport | undefined;
}

/** @internal Scans, then enriches what the scan has changed. */
export function scanAndEnrich(
  context: EnrichContext,
  roots: readonly string[],
  { enrich = false, ...options }: ScanRequest,
): Operation<ScanResult> {
  const scan = context.store.scan(roots, options);
  if (enrich === false) return scan;
  return startOperation(async (tell) => {
    scan.progress.subscribe((progress) => {
      if (progress.phase !== 'done') tell(progress);
    });
    const report = await scan.result;
    const { added, updated, moved, returned } = report;
    const models = [...new Set([...added, ...updated, ...moved, ...returned].map(({ id }) => id))];
    const request = enrich === true ? {} : enrich;
    const second = enrichLibrary(context, { ...request, models, signal: options.signal });
    second.progress.subscribe((progress) => tell(progress));
    return { ...report, enriched: await second.result };
  });
}
