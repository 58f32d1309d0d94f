/**
 * Who goes first where a drive is busy: a person waits for it, a download, an import, or nobody waits.
 */
export type IoPriority = 'interactive' | 'download' | 'import' | 'background';

/** @internal From the first to the last. */
export const ioPriorities: readonly IoPriority[] = ['interactive', 'download', 'import', 'background'];

/** @internal 0 goes first. */
export function rankOf(priority: IoPriority): number {
  return ioPriorities.indexOf(priority);
}
