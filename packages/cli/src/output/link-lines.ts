import type { AppliedLink, LinkPlan, UndoableRun, UndoPlan, UnlinkedApp } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from './format-bytes.ts';
import { alignColumns } from './model-lines.ts';

/** @internal A link that could not be made, or was in the way, makes a command fail. */
export function linkExitCode({ counts, files }: Pick<UnlinkedApp, 'counts' | 'files'>): ExitCode {
  return counts.conflict + counts.failed === 0 && files.every(({ outcome }) => outcome !== 'conflict') ? 0 : 1;
}

/** @internal */
export function planText(plan: LinkPlan): string {
  const lines = plan.entries.map(({ action, slug, target, strategies, reason }) => [
    action,
    target ?? slug,
    reason === null ? (strategies[0] ?? '') : `(${reason.message})`,
  ]);
  const files = (plan.config?.files ?? []).flatMap(({ action, path, lines: added, reason }) => [
    `${action}  ${path}${reason === null ? '' : `  (${reason.message})`}`,
    ...added.filter((line) => line !== '').map((line) => `    ${line}`),
  ]);
  const room = plan.bytesToWrite === 0 ? '' : `takes ${formatBytes(plan.bytesToWrite)} on the drive of the app`;
  return [alignColumns(lines), ...files, ...adviceLines(plan.advice), countText(plan.counts), room]
    .filter(Boolean)
    .join('\n');
}

/** @internal What to do with models in an app that cannot be mapped. */
export function adviceLines(advice: LinkPlan['advice']): readonly string[] {
  return advice.map(({ slug, text }) => `${slug}: ${text}`);
}

/** @internal */
export function outcomeText({ results, counts, files }: Outcomes): string {
  const lines = results
    .filter(({ outcome }) => outcome !== 'kept')
    .map(({ outcome, slug, target, reason, error }) => [
      outcome,
      target ?? slug,
      reason === null && error === null ? '' : `(${reason?.message ?? error?.message ?? ''})`,
    ]);
  const fileLines = files
    .filter(({ outcome }) => outcome !== 'kept')
    .map(({ outcome, path, reason }) => `${outcome}  ${path}${reason === null ? '' : `  (${reason.message})`}`);
  return [alignColumns(lines), ...fileLines, countText(counts)].filter(Boolean).join('\n');
}

interface Outcomes extends Pick<UnlinkedApp, 'counts' | 'files'> {
  readonly results: readonly AppliedLink[];
}

/** @internal The runs that can be taken back. */
export function runsText(runs: readonly UndoableRun[]): string {
  if (runs.length === 0) return 'no run can be taken back';
  return alignColumns(runs.map((run) => [run.id, run.appliedAt, runText(run)]));
}

function runText({ links, files, isFinished }: UndoableRun): string {
  const counts = [links === 1 ? '1 link' : `${links} links`, files === 1 ? '1 config file' : `${files} config files`];
  return [...counts.filter((part) => !part.startsWith('0 ')), ...(isFinished ? [] : ['not finished'])].join(', ');
}

/** @internal */
export function undoText({ entries, files, counts }: UndoPlan): string {
  const lines = entries.map(({ action, slug, target, reason }) => [action, target ?? slug, reasonText(reason)]);
  const fileLines = files.map(({ action, path, reason }) => [action, path, reasonText(reason)]);
  return [alignColumns([...lines, ...fileLines]), countText(counts)].filter(Boolean).join('\n');
}

function reasonText(reason: { readonly message: string } | null): string {
  return reason === null ? '' : `(${reason.message})`;
}

function countText(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return parts.length === 0 ? 'nothing to do' : parts.map(([name, count]) => `${count} ${name}`).join(', ');
}
