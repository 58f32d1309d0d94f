import type { FileStatus } from '@modelkeep/io';
import { inFolder } from '../app/path-parts.ts';
import { markText } from '../links/link-mark.ts';
import type { LinkReason } from '../plan/link-reason.ts';
import type { MappableModel } from '../plan/mappable-model.ts';
import type { CheckedEntry, CheckedLinkEntry } from '../plan/parse-plan.ts';
import { checkSource } from '../plan/verify-source.ts';
import { findProfile } from '../profiles/find-profile.ts';
import { fileInStore } from '../stores/file-in-store.ts';
import { storeLayoutOf } from '../stores/store-layouts.ts';
import type { MapperContext } from '../mapper-context.ts';

const IDS_AT_ONCE = 500;

/** @internal What is to be linked, as the library has it now. */
export interface CheckedSource {
  readonly slug: string;
  readonly leadsTo: 'file' | 'folder';
  /** By which a hard link, a clone or a copy of it is known. */
  readonly mark: string | null;
  readonly content: string | null;
}

/** @internal Compares the sources of a plan with what the library has now. */
export interface SourceChecker {
  check(entry: CheckedLinkEntry): Promise<CheckedSource | { readonly reason: LinkReason }>;
  /** Whether the library has the model of a line that makes or keeps a link. */
  hasModel(modelId: string): boolean;
}

/** @internal Which lines are checked. */
export interface SourceCheckerOptions {
  readonly app: string;
  readonly entries: readonly CheckedEntry[];
  /** Models that links of others are counted to from now on. */
  readonly owners: ReadonlySet<string>;
  readonly signal: AbortSignal | undefined;
}

/** @internal Asks the library once for all models that are to be linked. */
export async function createSourceChecker(
  { library, fileSystem, profiles }: MapperContext,
  { app, entries, owners, signal }: SourceCheckerOptions,
): Promise<SourceChecker> {
  const layout = storeLayoutOf(await findProfile(profiles, app));
  const models = new Map<string, MappableModel>();
  const fetch = async (ids: readonly string[]): Promise<void> => {
    const missing = [...new Set(ids)].filter((id) => !models.has(id));
    for (let start = 0; start < missing.length; start += IDS_AT_ONCE) {
      for (const model of await library.modelsById(missing.slice(start, start + IDS_AT_ONCE), { signal }))
        models.set(model.record.id, model);
    }
  };
  const wanted = entries.filter(
    ({ action, modelId }) => action === 'create' || action === 'replace' || owners.has(modelId),
  );
  await fetch(wanted.map(({ modelId }) => modelId));
  if (layout !== null) await fetch([...models.values()].flatMap(({ record }) => record.companions.map(({ id }) => id)));

  const checkFile = async (file: SourceFile): Promise<CheckedSource | { readonly reason: LinkReason }> => {
    const { slug, folder, source, leadsTo, sha256 } = file;
    const found = await checkSource(fileSystem, { folder, source, leadsTo });
    if ('reason' in found) return found;
    return { slug, leadsTo, mark: leadsTo === 'file' ? markOf(found.status, sha256) : null, content: null };
  };

  return {
    hasModel: (modelId) => models.has(modelId),
    async check(entry) {
      const model = models.get(entry.modelId);
      if (model === undefined) return stale('the model is no longer in the library');
      const { slug } = model.record;
      if (layout !== null) {
        const found = fileInStore(layout, { entry, model, models });
        if (found === null) return stale(`${entry.source} is not what the library has for this model`);
        const { file, folder } = found;
        if (file.origin !== 'library') return { slug, leadsTo: 'file', mark: null, content: file.content };
        return checkFile({ slug, folder, source: file.source, leadsTo: 'file', sha256: file.fileSha256 });
      }
      const leadsTo = leadsToOf(model, entry);
      if (leadsTo === null) return stale(`${entry.source} is not what the library has for this model`);
      return checkFile({ slug, folder: model.folder, source: entry.source, leadsTo, sha256: entry.fileSha256 });
    },
  };
}

interface SourceFile {
  readonly slug: string;
  /** The folder of the model that it is in. */
  readonly folder: string;
  readonly source: string;
  readonly leadsTo: 'file' | 'folder';
  readonly sha256: string | null;
}

function markOf({ device, inode, sizeBytes }: FileStatus, sha256: string | null): string {
  return markText({ device, inode, sizeBytes, sha256: sha256 ?? undefined });
}

/** A source is the whole folder of its model, or one of the model's files with the content that the plan says. */
function leadsToOf(
  { record, folder }: MappableModel,
  { source, fileSha256 }: CheckedLinkEntry,
): 'file' | 'folder' | null {
  if (source === folder) return fileSha256 === null ? 'folder' : null;
  return record.files.some(({ at, name, sha256 }) => sha256 === fileSha256 && inFolder(folder, at ?? name) === source)
    ? 'file'
    : null;
}

function stale(message: string): { readonly reason: LinkReason } {
  return { reason: { code: 'changed-since', message } };
}
