import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { withProgress } from '../output/show-progress.ts';
import type { CommandContext } from '../session.ts';

/** @internal Computes the hashes that other tools know files by. Damaged content makes the command fail. */
export async function hashModels(context: CommandContext, models: readonly string[]): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const request = { signal, models: models.length === 0 ? undefined : models };
  const report = await withProgress(terminal, library.computeHashes(request));
  if (json) terminal.out(JSON.stringify(report, null, 2));
  else {
    for (const sha256 of report.corrupt) terminal.err(`damaged: ${sha256}`);
    terminal.out(`${formatBytes(report.bytesHashed)} hashed, ${report.models} models have new hashes`);
  }
  return report.corrupt.length === 0 ? 0 : 1;
}
