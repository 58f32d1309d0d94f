import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { withProgress } from '../output/show-progress.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface GcCommandOptions extends CommonOptions {
  readonly dryRun?: boolean;
}

/** @internal Collects blobs that no model needs, or tells which. */
export async function collectGarbage(context: CommandContext, { dryRun }: GcCommandOptions): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const report = await withProgress(terminal, library.collectGarbage({ dryRun: dryRun === true, signal }));
  if (json) {
    terminal.out(JSON.stringify(report, null, 2));
    return 0;
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
  return 0;
}
