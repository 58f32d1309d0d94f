import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { modelTable } from '../output/model-lines.ts';
import { withProgress } from '../output/show-progress.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface ImportCommandOptions extends CommonOptions {
  readonly allHashes?: boolean;
}

/** @internal Copies files into the library. */
export async function importFiles(
  context: CommandContext,
  paths: readonly string[],
  { allHashes }: ImportCommandOptions,
): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const report = await withProgress(
    terminal,
    library.import(paths, { hashes: allHashes === true ? 'all' : 'content', signal }),
  );
  if (json) {
    terminal.out(JSON.stringify(report, null, 2));
    return 0;
  }
  for (const { path, reason } of report.skipped) terminal.err(`skipped ${path}: ${reason}`);
  terminal.err(`${formatBytes(report.bytesCopied)} stored, ${formatBytes(report.bytesSaved)} were here already`);
  terminal.out(modelTable(report.models));
  return 0;
}
