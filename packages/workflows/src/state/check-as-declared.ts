import { ModelkeepError } from '@modelkeep/core';
import type { DeclaredModel } from '@modelkeep/fleet';

interface OfferedFile {
  readonly path: string;
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
}

/**
 * @internal Compares what a source offers, or what has come, with what was declared. A hash or size that is not known yet
 * is compared later.
 *
 * @throws `workflows.not-as-declared`
 */
export function checkAsDeclared(
  { key, files }: Pick<DeclaredModel, 'key' | 'files'>,
  offered: readonly OfferedFile[],
): void {
  for (const { path, sizeBytes, sha256 } of files) {
    const found = offered.find((file) => file.path === path);
    const isOther = (wanted: unknown, there: unknown): boolean => wanted !== null && there !== null && wanted !== there;
    if (found !== undefined && !isOther(sizeBytes, found.sizeBytes) && !isOther(sha256, found.sha256)) continue;
    throw new ModelkeepError('workflows.not-as-declared', {
      message: `${JSON.stringify(key)}: ${path} is ${found === undefined ? 'not among the files' : 'another one'}`,
      facts: {
        key,
        path,
        expected: { sizeBytes, sha256 },
        found: found === undefined ? null : { sizeBytes: found.sizeBytes, sha256: found.sha256 },
      },
      hint: 'declare the files of the revision that is wanted, or name the revision in the source',
    });
  }
}
