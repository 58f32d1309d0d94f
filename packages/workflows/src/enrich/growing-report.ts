import { isModelkeepError, type ModelRecord } from '@modelkeep/core';
import type { AskedSource, EnrichedModel, EnrichOptions, EnrichReport } from './enrich-types.ts';

/** @internal A report that grows. */
export interface GrowingReport {
  /** A model gained something. */
  gained(model: Pick<ModelRecord, 'id' | 'officialName'>, source: EnrichedModel['sources'][number]): void;
  /** Somebody could not be, or was not to be, asked about a model. */
  left(model: Pick<ModelRecord, 'id' | 'officialName'>, source: AskedSource, reason: 'offline' | 'failed'): void;
  /** @throws what is no failure of a source */
  failed(source: AskedSource, modelId: string | null, error: unknown): void;
  count(name: 'total' | 'unknown' | 'hashesAsked' | 'previewsOutside', by?: number): void;
  done(): EnrichReport;
}

/** @internal What an asking function is given beside the options. */
export interface AskOptions extends EnrichOptions {
  readonly report: GrowingReport;
}

/** @internal */
export function createGrowingReport(): GrowingReport {
  const counts = { total: 0, unknown: 0, hashesAsked: 0, previewsOutside: 0 };
  const updated = new Map<string, { name: string; sources: Set<EnrichedModel['sources'][number]> }>();
  const left = new Map<string, { name: string; sources: Set<AskedSource>; reason: 'offline' | 'failed' }>();
  const failures: EnrichReport['failures'][number][] = [];
  return {
    gained({ id, officialName }, source) {
      const known = updated.get(id) ?? { name: officialName, sources: new Set() };
      known.sources.add(source);
      updated.set(id, known);
    },
    left({ id, officialName }, source, reason) {
      const known = left.get(id) ?? { name: officialName, sources: new Set(), reason };
      known.sources.add(source);
      left.set(id, known);
    },
    failed(source, modelId, error) {
      if (!isModelkeepError(error)) throw error;
      failures.push({ source, modelId, code: error.code, message: error.message });
    },
    count(name, by = 1) {
      counts[name] += by;
    },
    done: () => ({
      ...counts,
      updated: [...updated].map(([id, { name, sources }]) => ({ id, name, sources: [...sources] })),
      left: [...left].map(([id, { name, sources, reason }]) => ({ id, name, sources: [...sources], reason })),
      failures,
    }),
  };
}
