import type { CivitaiFile, CivitaiVersion } from '@modelkeep/civitai-client';
import { fileRole, ModelkeepError } from '@modelkeep/core';
import { selectFiles, type CivitaiFileChoice } from '@modelkeep/hf-client';

/** @internal Which files of a version are wanted. */
export interface CivitaiSelection {
  /** What an address of a download says. */
  readonly choice: CivitaiFileChoice | null;
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
}

/**
 * @internal The files of a version that are wanted: those that globs take, the one that an address names, or the one that
 * the site itself would give.
 *
 * @throws `civitai.nothing-selected`, `hub.nothing-selected` for globs that take nothing
 */
export function chooseCivitaiFiles(
  { id, files }: CivitaiVersion,
  { choice, include = [], exclude = [] }: CivitaiSelection,
): readonly CivitaiFile[] {
  if (include.length > 0 || exclude.length > 0) {
    const tree = files.map(({ name, hashes }) => ({ path: name, sizeBytes: 0, sha256: hashes.sha256, gitSha1: null }));
    const names = new Set(selectFiles(tree, { include, exclude }).files.map(({ path }) => path));
    // Several files of one name are kinds of one model: the first counts.
    return [...names].flatMap((name) => files.find((file) => file.name === name) ?? []);
  }
  const fits = files.filter((file) => choice === null || fitsChoice(file, choice));
  const wanted =
    (choice === null || choice.fileId === null ? undefined : fits[0]) ??
    fits.find(({ primary }) => primary) ??
    fits.find(({ type, name }) => (type ?? 'Model') === 'Model' && fileRole(name) === 'weights') ??
    fits.find(({ name }) => fileRole(name) === 'weights');
  if (wanted !== undefined) return [wanted];
  throw new ModelkeepError('civitai.nothing-selected', {
    message: `version ${id} on Civitai has no such file`,
    facts: { versionId: id, offered: files.slice(0, 100).map(({ name }) => name) },
    hint: 'name one of the files with --include',
  });
}

function fitsChoice(file: CivitaiFile, { fileId, type, format, size, precision }: CivitaiFileChoice): boolean {
  if (fileId !== null) return file.id === fileId;
  const fits = (wanted: string | null, found: string | null): boolean =>
    wanted === null || wanted.toLowerCase() === (found ?? '').toLowerCase();
  return fits(type, file.type) && fits(format, file.format) && fits(size, file.size) && fits(precision, file.precision);
}
