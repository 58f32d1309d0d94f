import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { withProgress } from '../output/show-progress.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface GcCommandOptions extends CommonOptions {
  readonly dryRun?: boolean;
}

/** @internal Collects blobs that no model needs, or tells which. Links that were left behind make the command fail. */
export async function collectGarbage(context: CommandContext, { dryRun }: GcCommandOptions): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const report = await withProgress(terminal, library.collectGarbage({ dryRun: dryRun === true, signal }));
  if (json) {
    terminal.out(JSON.stringify(report, null, 2));
    return report.unled.length === 0 ? 0 : 1;
  }
  for (const { kind, step, path, sizeBytes, reason } of report.items) {
    terminal.out(`${step} ${kind} ${path} (${formatBytes(sizeBytes)}): ${reason}`);
  }
  const { bytesToTrash, bytesReclaimable, bytesFreed } = report;
  const would = report.dryRun ? 'would be ' : '';
  terminal.out(
    [
      `${formatBytes(bytesFreed)} ${would}freed`,
      `${formatBytes(bytesToTrash)} ${would}moved to the trash, which a later gc empties (${formatBytes(bytesReclaimable)})`,
      `${report.needed} blobs are needed, ${report.young} too young`,
    ].join('; '),
  );
  for (const { modelId, reason } of report.unled) terminal.err(`a link to ${modelId} was left behind: ${reason}`);
  if (report.unled.length > 0) terminal.err('links --repair leads them to where the models are now');
  return report.unled.length === 0 ? 0 : 1;
}
