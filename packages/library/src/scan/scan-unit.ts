import { basename, relative, sep } from 'node:path';
import { extensionOf, fileRole } from '@modelkeep/core';
import type { ListedFile, ListedFolder } from '@modelkeep/io';
import { adoptSet } from '../external/adopt-set.ts';
import type { FoundFile } from '../external/found-set.ts';
import { judgeName } from '../names/judge-name.ts';
import type { KnownFile } from '../state/scan-state.ts';
import type { StoreContext } from '../store-context.ts';
import type { UnitOrigin } from '../stores/lm-studio.ts';
import { MAX_COMPANION_BYTES, scanRules } from './scan-rules.ts';
import { reportAdopted } from './report-adopted.ts';
import type { GrowingReport } from './scan-report.ts';

const WANTED = new Set(scanRules.extensions);

/** @internal A file of a unit, and what it is called in it. */
export interface UnitFile extends ListedFile {
  readonly path: string;
  /** Path below the unit, `/` between segments. */
  readonly official: string;
}

/** @internal What of listed folders can be part of models; what cannot be is said in the report, and makes it not whole. */
export function unitFiles(
  unit: string,
  folders: readonly ListedFolder[],
  { report, leadsIn }: { readonly report: GrowingReport; readonly leadsIn: (path: string) => 'in' | 'library' | 'out' },
): { readonly files: readonly UnitFile[]; readonly isWhole: boolean } {
  const files: UnitFile[] = [];
  let isWhole = true;
  for (const folder of folders) {
    for (const file of folder.files) {
      const path = folder.path + (folder.path.endsWith(sep) ? '' : sep) + file.name;
      const isWanted = WANTED.has(extensionOf(file.name)) && fileRole(file.name) === 'weights';
      if (file.leadsTo !== null) {
        // What it leads to is found under its own name, or is ours.
        if (!isWanted || isFoundItself(file.leadsTo, leadsIn)) continue;
        isWhole = false;
        report.skipped.push({ path, reason: `a link to ${file.leadsTo}, which is not scanned` });
        continue;
      }
      const official = relative(unit, path).split(sep).join('/');
      const problem = judgeName(official);
      if (problem === null && (isWanted || file.sizeBytes <= MAX_COMPANION_BYTES)) {
        files.push({ ...file, path, official });
      } else if (isWanted) {
        isWhole = false;
        report.errors.push({
          path,
          code: 'library.unsafe-name',
          message: `the name of this file cannot be used on every system (${problem ?? ''}): rename it`,
        });
      }
    }
  }
  return { files, isWhole };
}

function isFoundItself(target: string, leadsIn: (path: string) => 'in' | 'library' | 'out'): boolean {
  const where = leadsIn(target);
  return where === 'library' || (where === 'in' && WANTED.has(extensionOf(target)));
}

/** @internal What {@link adoptUnit} works with. */
export interface AdoptUnitOptions {
  readonly report: GrowingReport;
  readonly contents: ReadonlyMap<string, KnownFile>;
  readonly origin: UnitOrigin;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @internal Makes models of a unit's files.
 *
 * @returns the files that models were made of
 */
export async function adoptUnit(
  context: StoreContext,
  { unit, files }: { readonly unit: string; readonly files: readonly UnitFile[] },
  { report, contents, origin, signal }: AdoptUnitOptions,
): Promise<string[]> {
  const found = files.flatMap((file): FoundFile[] => {
    const content = contents.get(file.path);
    if (content === undefined) return [];
    const { sha256, adoptedSha256 } = content;
    return [
      {
        name: file.official,
        path: file.path,
        real: file.path,
        sizeBytes: file.sizeBytes,
        stamp: { mtimeMs: file.mtimeMs, device: file.device, inode: file.inode },
        sha256,
        gitSha1: null,
        source: origin.sourceOf(file.path, file.official),
        previousSha256: adoptedSha256 === sha256 ? null : adoptedSha256,
      },
    ];
  });
  const adopted = await adoptSet(
    context,
    {
      name: basename(unit),
      folder: unit,
      bases: [],
      files: found,
      sharesCompanions: false,
      sourceGroup: origin.sourceGroup,
      layers: {},
    },
    { signal },
  );
  reportAdopted(context, report, adopted);
  return found.map(({ path }) => path);
}
