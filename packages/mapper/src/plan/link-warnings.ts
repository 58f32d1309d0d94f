import type { LinkPlanEntry, PlanWarning } from './link-plan.ts';

/** @internal What a person should know of the ways in which links will be made. */
export function linkWarnings(
  entries: readonly LinkPlanEntry[],
  symlinkWarning: string | undefined,
): readonly PlanWarning[] {
  const made = entries.filter(({ action }) => action === 'create' || action === 'replace');
  const warnings: PlanWarning[] = [];
  /* A link within the store is none to the library. */
  const leads = made.some(({ strategies, fileSha256 }) => strategies[0] === 'symlink' && fileSha256 !== null);
  if (leads && symlinkWarning !== undefined)
    warnings.push({ code: 'links-at-risk', message: `only symlinks are possible here: ${symlinkWarning}` });
  const copies = made.filter(({ strategies }) => strategies[0] === 'copy');
  const bytes = copies.reduce((sum, { bytesToWrite }) => sum + bytesToWrite, 0);
  if (copies.length > 0)
    warnings.push({ code: 'copies', message: `${copies.length} files are copied, which takes ${bytes} bytes more` });
  return warnings;
}
