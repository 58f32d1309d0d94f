import type { TreeFile } from '@modelkeep/hf-client';
import type { LibraryStore } from '@modelkeep/library';
import type { DownloadPlan, PlannedFile } from './download-plan.ts';

/** @internal A file that is wanted, as far as its source tells. */
export type FileToPlan = Omit<TreeFile, 'sizeBytes'> & { readonly sizeBytes: number | null };

/** @internal Looks which files are here already, and adds up. */
export async function plannedFiles(
  store: LibraryStore,
  wanted: readonly FileToPlan[],
  signal?: AbortSignal,
): Promise<Pick<DownloadPlan, 'files' | 'bytesTotal' | 'bytesPresent' | 'bytesNeeded'>> {
  const contents = await store.findContents(wanted, { signal });
  const files = wanted.map((file, position): PlannedFile => {
    const content = contents[position] ?? null;
    return { ...file, sizeBytes: file.sizeBytes ?? content?.sizeBytes ?? null, present: content !== null };
  });
  const bytes = (which: readonly PlannedFile[]): number => which.reduce((sum, file) => sum + (file.sizeBytes ?? 0), 0);
  const bytesTotal = bytes(files);
  const bytesNeeded = bytes(files.filter(({ present }) => !present));
  return { files, bytesTotal, bytesPresent: bytesTotal - bytesNeeded, bytesNeeded };
}
