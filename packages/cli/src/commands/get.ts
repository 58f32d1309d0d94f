import type { DownloadPlan, WeightsFormat } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { alignColumns, modelTable } from '../output/model-lines.ts';
import { safetyWarnings } from '../output/safety-lines.ts';
import { withProgress } from '../output/show-progress.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface GetOptions extends CommonOptions {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Quantisations, the preferred one first. */
  readonly quant: readonly string[];
  readonly precision: readonly string[];
  readonly component: readonly string[];
  readonly format: readonly WeightsFormat[];
  readonly endpoint?: string;
  readonly token?: string;
  readonly limitRate?: number;
  readonly connections?: number;
  readonly sha256?: string;
  readonly mirror: readonly string[];
  readonly makeRoom?: boolean;
  readonly volume?: string;
  readonly dryRun?: boolean;
}

/** @internal Downloads what a reference means. */
export async function getModels(context: CommandContext, reference: string, options: GetOptions): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const { include, exclude, quant: quantisation, precision, component, format, mirror: mirrors } = options;
  const selection = { include, exclude, quantisation, precision, component, format };
  const plan = await library.planDownload(reference, {
    ...selection,
    sha256: options.sha256?.toLowerCase(),
    mirrors,
    signal,
  });
  if (options.dryRun === true) {
    terminal.out(json ? JSON.stringify(plan, null, 2) : planText(plan));
    return 0;
  }
  if (!json) terminal.err(summary(plan));
  const result = await withProgress(
    terminal,
    library.download(plan, {
      signal,
      makeRoom: options.makeRoom,
      volume: options.volume,
      whenUserIsNeeded: 'fail',
    }),
  );
  if (json) {
    terminal.out(JSON.stringify({ source: plan.source, ...result }, null, 2));
    return 0;
  }
  const resumed = result.bytesResumed > 0 ? `, ${formatBytes(result.bytesResumed)} resumed` : '';
  terminal.err(
    `${formatBytes(result.bytesFetched)} fetched${resumed}, ${formatBytes(result.bytesPresent)} were here already`,
  );
  for (const { name, sha256, verified } of result.files) {
    if (verified === 'size' || verified === 'none') terminal.err(`unverified: ${name}, sha256 ${sha256}`);
  }
  for (const warning of safetyWarnings(result.models)) terminal.err(`warning: ${warning}`);
  terminal.out(modelTable(result.models));
  return 0;
}

function summary(plan: DownloadPlan): string {
  const licence = plan.licence === null ? '' : `, licence ${plan.licence}`;
  const { source, files } = plan;
  const name = nameOf(source);
  const count = files.length === 1 ? '1 file' : `${files.length} files`;
  return `${name}: ${count}, ${amount(plan, plan.bytesTotal)}${licence}`;
}

function planText(plan: DownloadPlan): string {
  const files = plan.files.map(({ path, sizeBytes, present }) => [
    present ? 'here' : 'fetch',
    sizeBytes === null ? '?' : formatBytes(sizeBytes),
    path,
  ]);
  const total = `${amount(plan, plan.bytesNeeded)} to fetch, ${formatBytes(plan.bytesPresent)} here already`;
  const offered = plan.variants.map(({ label, sizeBytes }) => `${label} (${formatBytes(sizeBytes)})`).join(', ');
  const variants = plan.variants.length > 1 ? [`the repo offers ${offered}`] : [];
  return [summary(plan), alignColumns(files), ...leftText(plan), total, ...variants].join('\n');
}

function amount({ files }: DownloadPlan, bytes: number): string {
  return files.every(({ sizeBytes }) => sizeBytes !== null) ? formatBytes(bytes) : 'an unknown amount';
}

/** What globs and paths leave is what was asked for; what else is left needs a reason. */
function leftText({ left }: DownloadPlan): string[] {
  const counts = new Map<string, number>();
  for (const { reason } of left) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`);
  return left.length === 0 ? [] : [`${left.length} of the repo's files are left: ${parts.join(', ')}`];
}

function nameOf(source: DownloadPlan['source']): string {
  if (source.provider === 'hf') return `${source.repo}@${source.commit.slice(0, 12)}`;
  if (source.provider === 'url') return source.url;
  const { modelName, versionName } = source.details;
  return `civitai:${source.modelId ?? ''}@${source.versionId} (${modelName ?? '?'}, ${versionName ?? '?'})`;
}
