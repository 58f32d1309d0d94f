import type { EnrichOptions, EnrichReport } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { alignColumns } from '../output/model-lines.ts';
import { withProgress } from '../output/show-progress.ts';
import type { Terminal } from '../output/terminal.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal Civitai's ratings by their words, which are flags. */
export const previewLevels = { pg: 1, pg13: 2, r: 4, x: 8, xxx: 16, any: 32 } as const;
type PreviewLevel = keyof typeof previewLevels;

/** @internal */
export interface EnrichCommandOptions extends CommonOptions {
  readonly offline?: boolean;
  readonly searchHub?: boolean;
  readonly pages?: boolean;
  readonly previews?: EnrichOptions['previews'];
  readonly previewLevel?: PreviewLevel;
  readonly renew?: boolean;
}

/** @internal What the words of the command line ask for. */
export function enrichOptionsOf(options: EnrichCommandOptions): EnrichOptions {
  const { offline, searchHub = false, pages, previews, previewLevel = 'pg', renew } = options;
  const previewNsfwLevel = previewLevels[previewLevel];
  return { offline, hub: searchHub ? 'search' : 'known', pages, previews, previewNsfwLevel, renew };
}

/** @internal Brings together what is known of models. A source that could not be asked makes the command fail. */
export async function enrichModels(
  context: CommandContext,
  models: readonly string[],
  options: EnrichCommandOptions,
): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const request = { ...enrichOptionsOf(options), ...(models.length === 0 ? {} : { models }), signal };
  const report = await withProgress(terminal, library.enrich(request));
  terminal.out(json ? JSON.stringify(report, null, 2) : enrichLines(report).join('\n'));
  tellFailures(terminal, report);
  return report.failures.length === 0 ? 0 : 1;
}

/** @internal */
export function tellFailures(terminal: Terminal, { failures }: EnrichReport): void {
  for (const { source, message } of failures) terminal.err(`error: ${source}: ${message}`);
}

/** @internal */
export function enrichLines({ total, updated, unknown, hashesAsked, left, previewsOutside }: EnrichReport): string[] {
  const gained = updated.map(({ id, name, sources }) => [`enriched`, id.slice(-12), name, sources.join(', ')]);
  const open = left.map(({ id, name, sources, reason }) => [
    'left',
    id.slice(-12),
    name,
    `${sources.join(', ')} (${reason})`,
  ]);
  const rows = [...gained, ...open];
  return [
    ...(rows.length === 0 ? [] : [alignColumns(rows)]),
    `${total} models: ${updated.length} enriched, ${unknown} not on Civitai, ${left.length} left to ask`,
    `${hashesAsked} hashes asked`,
    ...(previewsOutside === 0 ? [] : [`${previewsOutside} models outside the library have no picture`]),
  ];
}
