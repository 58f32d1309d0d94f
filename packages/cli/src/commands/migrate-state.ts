import { ModelkeepError } from '@modelkeep/core';
import type { StateKind } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { withProgress } from '../output/show-progress.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface MigrateStateCommandOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly replaceTokens?: boolean;
}

/** @internal Takes over a JSON file of a download manager. What cannot be used makes the command fail; the rest is used. */
export async function migrateState(
  { library, terminal, signal, json }: CommandContext,
  kind: StateKind,
  { file, dryRun, replaceTokens }: MigrateStateCommandOptions & { readonly file: string },
): Promise<ExitCode> {
  const report = await library.migrateState(kind, file, { dryRun, replaceTokens, signal });
  const { written, unchanged, kept, problems, backup } = report;
  if (json) terminal.out(JSON.stringify(report, null, 2));
  else {
    for (const { key, field, reason } of problems)
      terminal.err(`error: ${[key, field ?? []].flat().join(', ')}: ${reason}`);
    const verb = report.dryRun ? 'would be written' : 'written';
    terminal.out(`${written.length} ${verb}, ${unchanged.length} the same, ${kept.length} newer here or kept`);
    if (backup !== null) terminal.out(`what was here before is in ${backup}`);
  }
  return problems.length === 0 ? 0 : 1;
}

/** @internal Takes over which server has which model. */
export async function migrateServers(
  { library, terminal, signal, json }: CommandContext,
  file: string,
  { dryRun }: MigrateStateCommandOptions,
): Promise<ExitCode> {
  const report = await withProgress(terminal, library.migrateAvailability(file, { dryRun, signal }));
  if (json) terminal.out(JSON.stringify(report, null, 2));
  else {
    for (const { row, reason } of report.problems)
      terminal.err(`error: ${row === null ? '' : `row ${row}: `}${reason}`);
    for (const { id, isNew, added, unchanged, kept } of report.servers) {
      terminal.out(
        `${isNew ? 'new    ' : 'known  '} ${id}: ${added} added, ${unchanged} the same, ${kept} told otherwise since`,
      );
    }
    terminal.out(`${report.servers.length} servers${report.dryRun ? ', nothing was changed' : ''}`);
  }
  return report.problemCount === 0 ? 0 : 1;
}

/** @internal Writes manifest or progress as the JSON file of a download manager. */
export async function exportState(
  { library, terminal, signal, json }: CommandContext,
  kind: StateKind | 'servers',
  file: string,
): Promise<ExitCode> {
  if (kind === 'tokens' || kind === 'servers') {
    throw new ModelkeepError('core.invalid-argument', {
      message: `${kind} are not exported`,
      facts: { argument: 'kind', found: kind },
      hint: kind === 'tokens' ? 'nothing gives a token back' : 'the servers tell of themselves',
    });
  }
  const report = await library.exportStateTo(kind, file, { signal });
  terminal.out(json ? JSON.stringify(report, null, 2) : `${report.entries} entries in ${report.path}`);
  return 0;
}
