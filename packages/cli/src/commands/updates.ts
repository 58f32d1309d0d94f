import type { UpdateCheck, UpdateResult, UpdatesReport } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { alignColumns } from '../output/model-lines.ts';
import { withProgress } from '../output/show-progress.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface HubCommandOptions extends CommonOptions {
  readonly endpoint?: string;
  readonly token?: string;
}

/** @internal */
export interface UpdateCommandOptions extends HubCommandOptions {
  readonly dryRun?: boolean;
  readonly releaseOld?: boolean;
  readonly relink?: boolean;
  readonly makeRoom?: boolean;
}

/** @internal Tells which models have changed at their sources. */
export async function showUpdates(context: CommandContext, models: readonly string[]): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const request = { models: models.length === 0 ? undefined : models, signal };
  const report = await withProgress(terminal, library.checkUpdates(request));
  terminal.out(json ? JSON.stringify(report, null, 2) : updatesText(report));
  return 0;
}

/** @internal Brings a model to what its source has now. */
export async function updateModel(
  context: CommandContext,
  reference: string,
  { dryRun = false, releaseOld = false, relink = false, makeRoom = false }: UpdateCommandOptions,
): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const request = { dryRun, keepOld: !releaseOld, relink, makeRoom, signal, whenUserIsNeeded: 'fail' } as const;
  const result = await withProgress(terminal, library.update(reference, request));
  terminal.out(json ? JSON.stringify(result, null, 2) : resultText(result));
  return 0;
}

function updatesText({ models, outdated, bytesToFetch, offline }: UpdatesReport): string {
  const rows = models.map(({ state, slug, reason, bytesToFetch: bytes }) => [
    state,
    bytes === 0 ? '' : formatBytes(bytes),
    slug,
    reason,
  ]);
  const changes = models.flatMap((check) => changeLines(check));
  return [
    alignColumns(rows),
    ...changes,
    `${outdated} of ${models.length} models have updates, ${formatBytes(bytesToFetch)} to fetch`,
    ...(offline ? ['the hub could not be asked about some of them'] : []),
  ].join('\n');
}

function changeLines({ slug, changes }: UpdateCheck): string[] {
  return changes.map(({ change, path, bytesHere, bytesThere }) => {
    const sizes = [bytesHere, bytesThere].map((bytes) => (bytes === null ? 'none' : formatBytes(bytes)));
    return `${change} ${slug}: ${path} (${sizes.join(' → ')})`;
  });
}

function resultText({
  dryRun,
  check,
  updated,
  model,
  previous,
  bytesFetched,
  release,
  relinked,
}: UpdateResult): string {
  if (!updated) {
    const fetch = dryRun && check.state === 'outdated' ? `, ${formatBytes(check.bytesToFetch)} would be fetched` : '';
    return [...changeLines(check), `${check.slug} is ${check.state}: ${check.reason}${fetch}`].join('\n');
  }
  const what = previous === null ? `updated ${model.slug}` : `${model.slug} is a new version of ${previous.slug}`;
  return [
    `${what}: ${formatBytes(bytesFetched)} fetched`,
    ...relinked.map(({ outcome, target }) => `${outcome} ${target}`),
    ...(release?.released ?? []).map(({ slug }) => `released ${slug}`),
    ...(release?.kept ?? []).map(({ slug, why }) => `stays: ${slug} (${why})`),
  ].join('\n');
}
