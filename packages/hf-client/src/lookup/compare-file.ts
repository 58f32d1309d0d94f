import type { FoundFile, HashVerdict, LookupSubject } from './lookup-types.ts';
import { comparableName, type TreeFile } from './repo-tree.ts';

/**
 * Whether a file has the content that is looked for. The size is compared first: with another one it cannot be, and the
 * same one proves nothing.
 */
export function compareFile(
  file: Pick<TreeFile, 'sizeBytes' | 'sha256' | 'gitSha1'>,
  subject: LookupSubject,
): HashVerdict['status'] {
  if (subject.sizeBytes !== undefined && file.sizeBytes !== subject.sizeBytes) return 'mismatch';
  if (subject.sha256 !== undefined && file.sha256 !== null) return verdict(file.sha256 === subject.sha256);
  if (subject.gitSha1 !== undefined && file.gitSha1 !== null) return verdict(file.gitSha1 === subject.gitSha1);
  return 'unknown';
}

function verdict(agrees: boolean): 'match' | 'mismatch' {
  return agrees ? 'match' : 'mismatch';
}

/** What else than a hash speaks for a file; null when nothing does. */
export function evidenceFor(
  file: { readonly path: string; readonly sizeBytes: number | null },
  { fileName, sizeBytes }: LookupSubject,
): 'name-and-size' | 'name' | null {
  if (fileName === undefined || comparableName(file.path) !== comparableName(fileName)) return null;
  return sizeBytes !== undefined && sizeBytes === file.sizeBytes ? 'name-and-size' : 'name';
}

const RANKS: Readonly<Record<FoundFile['evidence'], number>> = { hash: 0, 'name-and-size': 1, name: 2 };

/** The likeliest first: by evidence, then those whose hash is told, then by downloads, then by name. */
export function ranked(files: readonly FoundFile[]): FoundFile[] {
  const placeOf = ({ repo, path }: FoundFile): string => `${repo}/${path}`;
  return files.toSorted(
    (a, b) =>
      RANKS[a.evidence] - RANKS[b.evidence] ||
      Number(a.sizeBytes === null) - Number(b.sizeBytes === null) ||
      (b.downloads ?? -1) - (a.downloads ?? -1) ||
      (placeOf(a) < placeOf(b) ? -1 : 1),
  );
}
