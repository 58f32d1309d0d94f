import type { EntrySums } from './entry-sums.ts';
import type { PlanWarning } from './link-plan.ts';

/** @internal What a person should know of the ways in which links will be made. */
export function linkWarnings(
  { makesSymlinks, copies, copiedBytes }: EntrySums,
  symlinkWarning: string | undefined,
): readonly PlanWarning[] {
  const warnings: PlanWarning[] = [];
  if (makesSymlinks && symlinkWarning !== undefined)
    warnings.push({ code: 'links-at-risk', message: `only symlinks are possible here: ${symlinkWarning}` });
  if (copies > 0)
    warnings.push({ code: 'copies', message: `${copies} files are copied, which takes ${copiedBytes} bytes more` });
  return warnings;
}
