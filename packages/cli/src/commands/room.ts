import type { EvictReport, RoomReport } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { alignColumns } from '../output/model-lines.ts';
import { withProgress } from '../output/show-progress.ts';
import type { CommandContext, CommonOptions } from '../session.ts';
import type { HubCommandOptions } from './updates.ts';

/** @internal */
export interface EvictCommandOptions extends HubCommandOptions {
  /** Bytes. */
  readonly free: number;
  readonly volume?: string;
  readonly dryRun?: boolean;
  readonly unfetchable?: boolean;
  /** `--no-check-sources` */
  readonly checkSources: boolean;
}

/** @internal */
export interface RoomOptions extends CommonOptions {
  /** Bytes; `none` takes it back. */
  readonly quota?: number | 'none';
  readonly volume?: string;
}

/** @internal Says of models that their bytes stay, or takes that back. A wrong name among them changes none. */
export async function pinModels(
  { library, terminal, signal, json }: CommandContext,
  references: readonly string[],
  pinned: boolean,
): Promise<ExitCode> {
  for (const reference of references) await library.get(reference);
  const models = [];
  for (const reference of references) {
    models.push(await (pinned ? library.pin(reference, { signal }) : library.unpin(reference, { signal })));
  }
  if (json) terminal.out(JSON.stringify({ models }, null, 2));
  else for (const { slug } of models) terminal.out(`${pinned ? 'pinned' : 'unpinned'} ${slug}`);
  return 0;
}

/** @internal Gives up the files of models that were not used for long. */
export async function evictModels(
  context: CommandContext,
  models: readonly string[],
  { free, volume, dryRun = false, unfetchable = false, checkSources }: EvictCommandOptions,
): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const wanted = models.length === 0 ? undefined : models;
  const request = { freeBytes: free, models: wanted, volume, dryRun, unfetchable, checkSources, signal };
  const report = await withProgress(terminal, library.evict(request));
  terminal.out(json ? JSON.stringify(report, null, 2) : evictText(report));
  return report.bytesFreed >= free ? 0 : 1;
}

/** @internal Fetches the files of an evicted model again. */
export async function restoreModel(context: CommandContext, reference: string): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const result = await withProgress(terminal, library.restore(reference, { signal }));
  const { model, bytesFetched } = result;
  terminal.out(
    json ? JSON.stringify(result, null, 2) : `${model.slug} is here: ${formatBytes(bytesFetched)} were fetched`,
  );
  return 0;
}

/** @internal What models take of what they may take. */
export async function showRoom(
  { library, terminal, json }: CommandContext,
  { quota, volume }: RoomOptions,
): Promise<ExitCode> {
  if (quota !== undefined) await library.setQuota(quota === 'none' ? null : quota, { volume });
  const room = await library.room({ volume });
  const lines = room.volumes.length < 2 ? [] : room.volumes.map((one) => `  ${one.label}: ${roomText(one)}`);
  terminal.out(json ? JSON.stringify(room, null, 2) : [`the models take ${roomText(room)}`, ...lines].join('\n'));
  return 0;
}

function roomText({ quotaBytes, usedBytes, reservedBytes }: RoomReport): string {
  const of = quotaBytes === null ? 'and have no quota' : `of ${formatBytes(quotaBytes)}`;
  const coming = reservedBytes === 0 ? '' : `, ${formatBytes(reservedBytes)} are on their way`;
  return `${formatBytes(usedBytes)} ${of}${coming}`;
}

function evictText({ dryRun, bytesFreed, bytesWanted, evicted, stays }: EvictReport): string {
  const rows = [
    ...evicted.map(({ slug, bytes, lastUsedAt }) => [
      dryRun ? 'would evict' : 'evicted',
      formatBytes(bytes),
      slug,
      `last used ${lastUsedAt}`,
    ]),
    ...stays.map(({ slug, why, detail }) => ['stays', why, slug, detail]),
  ];
  const sum = `${formatBytes(bytesFreed)} ${dryRun ? 'would be freed' : 'freed'} of ${formatBytes(bytesWanted)}`;
  return rows.length === 0 ? sum : [alignColumns(rows), sum].join('\n');
}
