import { join } from 'node:path';
import type { LinkReason } from '../plan/link-reason.ts';
import type { MappableModel } from '../plan/mappable-model.ts';
import type { CheckedEntry, CheckedLinkEntry } from '../plan/parse-plan.ts';
import { verifySource } from '../plan/verify-source.ts';
import type { MapperContext } from '../mapper-context.ts';

const IDS_AT_ONCE = 500;

/** @internal Compares the sources of a plan with what the library has now. */
export interface SourceChecker {
  check(
    entry: CheckedLinkEntry,
  ): Promise<{ readonly slug: string; readonly leadsTo: 'file' | 'folder' } | { readonly reason: LinkReason }>;
}

/** @internal Asks the library once for all models that are to be linked. */
export async function createSourceChecker(
  { library, fileSystem }: MapperContext,
  { entries, signal }: { readonly entries: readonly CheckedEntry[]; readonly signal: AbortSignal | undefined },
): Promise<SourceChecker> {
  const wanted = entries.filter(({ action }) => action === 'create' || action === 'replace');
  const ids = [...new Set(wanted.map(({ modelId }) => modelId))];
  const models = new Map<string, MappableModel>();
  for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
    for (const model of await library.modelsById(ids.slice(start, start + IDS_AT_ONCE), { signal }))
      models.set(model.record.id, model);
  }
  return {
    async check(entry) {
      const model = models.get(entry.modelId);
      if (model === undefined) return stale('the model is no longer in the library');
      const leadsTo = leadsToOf(model, entry);
      if (leadsTo === null) return stale(`${entry.source} is not what the library has for this model`);
      const reason = await verifySource(fileSystem, { folder: model.folder, source: entry.source, leadsTo });
      return reason === null ? { slug: model.record.slug, leadsTo } : { reason };
    },
  };
}

/** A source is the whole folder of its model, or one of the model's files with the content that the plan says. */
function leadsToOf(
  { record, folder }: MappableModel,
  { source, fileSha256 }: CheckedLinkEntry,
): 'file' | 'folder' | null {
  if (source === folder) return fileSha256 === null ? 'folder' : null;
  return record.files.some(({ at, name, sha256 }) => sha256 === fileSha256 && join(folder, at ?? name) === source)
    ? 'file'
    : null;
}

function stale(message: string): { readonly reason: LinkReason } {
  return { reason: { code: 'changed-since', message } };
}
