import type { RefreshedModel } from '@modelkeep/library';
import type { AskOptions } from './growing-report.ts';
import type { EnrichContext } from './enrich-types.ts';

/** @internal Fetches a picture for models that have none. */
export async function addPreviews(
  _context: EnrichContext,
  _models: readonly RefreshedModel[],
  _options: AskOptions,
): Promise<void> {}
