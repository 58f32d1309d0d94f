import type { ImportMode } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { modelTable } from '../output/model-lines.ts';
import { safetyWarnings } from '../output/safety-lines.ts';
import { withProgress } from '../output/show-progress.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface ImportCommandOptions extends CommonOptions {
  readonly mode?: ImportMode;
  readonly trustStores?: boolean;
  readonly allHashes?: boolean;
  readonly volume?: string;
}

/** @internal Takes files into the library. A file that cannot be read makes the command fail; the others are imported. */
export async function importFiles(
  context: CommandContext,
  paths: readonly string[],
  { mode, trustStores, allHashes, volume }: ImportCommandOptions,
): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const hashes = allHashes === true ? 'all' : 'content';
  const report = await withProgress(terminal, library.import(paths, { mode, trustStores, hashes, volume, signal }));
  const exitCode = report.errors.length === 0 ? 0 : 1;
  for (const { message } of report.errors) terminal.err(`error: ${message}`);
  if (json) {
    terminal.out(JSON.stringify(report, null, 2));
    return exitCode;
  }
  for (const { path, reason } of report.skipped) terminal.err(`skipped ${path}: ${reason}`);
  const moved = report.bytesMoved > 0 ? `${formatBytes(report.bytesMoved)} moved, ` : '';
  const isAdopted = report.models.some(({ place }) => place.kind === 'external');
  const saved = `${formatBytes(report.bytesSaved)} were here already${isAdopted ? ' or stay where they are' : ''}`;
  terminal.err(`${moved}${formatBytes(report.bytesCopied)} stored, ${saved}`);
  for (const warning of safetyWarnings(report.models)) terminal.err(`warning: ${warning}`);
  terminal.out(modelTable(report.models));
  return exitCode;
}
