import { isModelkeepError } from '@modelkeep/core';
import type { StoreContext } from '../store-context.ts';

/** @internal Bytes that the drive cannot read are not the ones that are looked for. */
export async function hasContent(
  context: StoreContext,
  path: string,
  { sha256, signal }: { readonly sha256: string; readonly signal: AbortSignal | undefined },
): Promise<boolean> {
  try {
    return (await context.io.hashFile(path, { algorithms: ['sha256'], signal })).digests.sha256 === sha256;
  } catch (error) {
    if (!isModelkeepError(error, 'io.failed') && !isModelkeepError(error, 'io.permission')) throw error;
    return false;
  }
}
