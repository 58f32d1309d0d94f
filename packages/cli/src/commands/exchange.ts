import { ModelkeepError } from '@modelkeep/core';
import type { ExportedLine } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface ImportMetadataOptions extends CommonOptions {
  readonly replaceEdits?: boolean;
}

/** @internal Writes what is known of all models to a file or to stdout. Models that cannot be read make the command fail. */
export async function exportMetadata(context: CommandContext, file: string | undefined): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  if (file === undefined) return exportToStdout(context);
  const report = await library.exportMetadataTo(requirePath(file), { signal });
  if (json) terminal.out(JSON.stringify(report, null, 2));
  else {
    for (const { slug, reason } of report.problems) terminal.err(`left out ${slug}: ${reason}`);
    terminal.out(`${report.models} models in ${report.path}`);
  }
  return report.problems.length === 0 ? 0 : 1;
}

async function exportToStdout({ library, terminal, signal, json }: CommandContext): Promise<ExitCode> {
  const lines: ExportedLine[] = [];
  let problems = 0;
  for await (const line of library.exportMetadata({ signal })) {
    if ('problem' in line) {
      problems += 1;
      if (!json) terminal.err(`left out ${line.problem.slug}: ${line.problem.reason}`);
    }
    if (json) lines.push(line);
    else terminal.out(JSON.stringify(line));
  }
  if (json) terminal.out(JSON.stringify({ lines }, null, 2));
  return problems === 0 ? 0 : 1;
}

/** @internal Reads an export. Lines that cannot be used make the command fail; the others are used. */
export async function importMetadata(
  { library, terminal, signal, json }: CommandContext,
  file: string,
  { replaceEdits }: ImportMetadataOptions,
): Promise<ExitCode> {
  const source = file === '-' ? (process.stdin as AsyncIterable<Uint8Array>) : requirePath(file);
  const report = await library.importMetadata(source, { replaceEdits, signal });
  if (json) terminal.out(JSON.stringify(report, null, 2));
  else {
    for (const { line, reason } of report.problems) terminal.err(`line ${line}: ${reason}`);
    const { changed, unchanged, unmatched } = report;
    terminal.out(`${changed} models changed, ${unchanged} knew everything, ${unmatched} are not here`);
  }
  return report.problems.length === 0 ? 0 : 1;
}

/** An empty text is a variable that was not set. */
function requirePath(file: string): string {
  if (file !== '') return file;
  throw new ModelkeepError('core.invalid-argument', {
    message: 'the name of the file is empty',
    facts: { argument: 'file', found: file },
    hint: 'name a file',
  });
}
