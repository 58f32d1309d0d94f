import type { DownloadPlan } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { alignColumns, modelTable } from '../output/model-lines.ts';
import { withProgress } from '../output/show-progress.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface GetOptions extends CommonOptions {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly endpoint?: string;
  readonly token?: string;
  readonly dryRun?: boolean;
}

/** @internal Downloads what a reference means. */
export async function getModels(context: CommandContext, reference: string, options: GetOptions): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const { include, exclude } = options;
  const plan = await library.planDownload(reference, { include, exclude, signal });
  if (options.dryRun === true) {
    terminal.out(json ? JSON.stringify(plan, null, 2) : planText(plan));
    return 0;
  }
  if (!json) terminal.err(summary(plan));
  const result = await withProgress(terminal, library.download(plan, { signal }));
  if (json) {
    const { repo, revision, commit } = plan;
    terminal.out(JSON.stringify({ repo, revision, commit, ...result }, null, 2));
    return 0;
  }
  const resumed = result.bytesResumed > 0 ? `, ${formatBytes(result.bytesResumed)} resumed` : '';
  terminal.err(
    `${formatBytes(result.bytesFetched)} fetched${resumed}, ${formatBytes(result.bytesPresent)} were here already`,
  );
  terminal.out(modelTable(result.models));
  return 0;
}

function summary(plan: DownloadPlan): string {
  const licence = plan.licence === null ? '' : `, licence ${plan.licence}`;
  return `${plan.repo}@${plan.commit.slice(0, 12)}: ${plan.files.length} files, ${formatBytes(plan.bytesTotal)}${licence}`;
}

function planText(plan: DownloadPlan): string {
  const files = plan.files.map(({ path, sizeBytes, present }) => [
    present ? 'here' : 'fetch',
    formatBytes(sizeBytes),
    path,
  ]);
  const total = `${formatBytes(plan.bytesNeeded)} to fetch, ${formatBytes(plan.bytesPresent)} here already`;
  return [summary(plan), alignColumns(files), total].join('\n');
}
