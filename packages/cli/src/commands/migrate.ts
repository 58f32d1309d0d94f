import type { RegistryMigration } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { withProgress } from '../output/show-progress.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface MigrateCommandOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly base?: string;
  readonly scan?: boolean;
  readonly maxHashBytes?: number;
}

/** @internal Takes over what a registry knows. Rows that cannot be used make the command fail; the others are used. */
export async function migrateRegistry(
  { library, terminal, signal, json }: CommandContext,
  file: string,
  { dryRun, base, scan, maxHashBytes }: MigrateCommandOptions,
): Promise<ExitCode> {
  const migrating = library.migrateRegistry(file, { dryRun, base, scan, maxHashBytes, signal });
  const report = await withProgress(terminal, migrating);
  terminal.out(json ? JSON.stringify(report, null, 2) : reportLines(report).join('\n'));
  if (!json) for (const line of problemLines(report)) terminal.err(line);
  return report.problemCount === 0 && (report.scan?.errors.length ?? 0) === 0 ? 0 : 1;
}

/** @internal Writes the models of the library as a registry. Models that cannot be read make the command fail. */
export async function exportRegistry(
  { library, terminal, signal, json }: CommandContext,
  file: string,
): Promise<ExitCode> {
  const report = await library.exportRegistryTo(file, { signal });
  if (json) terminal.out(JSON.stringify(report, null, 2));
  else {
    for (const { slug, reason } of report.problems) terminal.err(`left out ${slug}: ${reason}`);
    terminal.out(`${report.rows} rows and ${report.aliases} aliases in ${report.path}`);
  }
  return report.problems.length === 0 ? 0 : 1;
}

function reportLines(report: RegistryMigration): string[] {
  const { dryRun, rows, matched, toAdopt, folders, unmatched, conflicts, changed, unchanged } = report;
  const byHash = matched.filter(({ by }) => by === 'hash').length;
  const count = `${rows} rows: ${byHash} matched by hash, ${matched.length - byHash} by path`;
  const rest = `${unmatched.length} without a file, ${conflicts.length} in conflict`;
  return [
    ...folders.map((folder) => `${dryRun ? 'would scan' : 'scanned   '} ${folder}`),
    ...unmatched.map(
      ({ row, reason }) => `${reason === 'gone' ? 'gone      ' : 'no model  '} ${row.local_path ?? row.name}`,
    ),
    ...conflicts.map(({ name, localPath, reason }) => `conflict   ${localPath ?? name} (${reason})`),
    dryRun ? `${count}, ${toAdopt.length} to adopt, ${rest}` : `${count}, ${rest}`,
    dryRun ? 'nothing was changed' : `${changed} models changed, ${unchanged} knew everything`,
  ];
}

function problemLines({ problems, problemCount, scan }: RegistryMigration): string[] {
  const more = problemCount - problems.length;
  return [
    ...problems.map(({ row, field, reason }) => {
      const where = [row === null ? [] : `row ${row}`, field ?? []].flat().join(', ');
      return where === '' ? `error: ${reason}` : `error: ${where}: ${reason}`;
    }),
    ...(more > 0 ? [`error: and ${more} more`] : []),
    ...(scan?.errors ?? []).map(({ message }) => `error: ${message}`),
  ];
}
