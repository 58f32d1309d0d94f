import type { FinishedFile } from '@modelkeep/io';
import { integrityError } from '../errors.ts';
import type { FetchContext } from '../fetch-context.ts';
import type { Verification } from '../fetch-options.ts';

/** @internal What the bytes of a finished file are. */
export interface VerifiedContent {
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly blake3: string;
  readonly gitSha1: string | null;
  readonly verified: Verification;
}

/**
 * @internal Compares a finished file with all that is known of it.
 *
 * @throws `transfer.integrity`
 */
export async function verifyContent(
  context: FetchContext,
  path: string,
  finished: FinishedFile,
): Promise<VerifiedContent> {
  const { known, options } = context;
  const { sizeBytes, digests } = finished;
  const { sha256 = '', blake3 = '' } = digests;
  const compare = (algorithm: 'sha256' | 'git-sha1' | 'size', expected: string | null, found: string): void => {
    if (expected !== null && expected !== found) throw integrityError(context, { algorithm, expected, found });
  };
  compare('size', known.sizeBytes === null ? null : String(known.sizeBytes), String(sizeBytes));
  compare('sha256', known.sha256, sha256);
  let gitSha1: string | null = null;
  if (known.gitSha1 !== null) {
    const { signal } = options;
    const hashed = async (): Promise<string> =>
      (await options.io.hashFile(path, { algorithms: ['git-sha1'], signal })).digests['git-sha1'];
    gitSha1 = digests['git-sha1'] ?? (await hashed());
    compare('git-sha1', known.gitSha1, gitSha1);
  }
  return { sizeBytes, sha256, blake3, gitSha1, verified: verificationOf(context) };
}

function verificationOf({ known }: FetchContext): Verification {
  if (known.sha256 !== null) return 'sha256';
  if (known.gitSha1 !== null) return 'git-sha1';
  return known.sizeBytes !== null ? 'size' : 'none';
}
