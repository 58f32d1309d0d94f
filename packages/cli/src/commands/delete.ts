import type { DeleteReport } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface DeleteCommandOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly unlink?: boolean;
  readonly yes?: boolean;
}

/** @internal Takes a model out of the library. Without `--yes` it only tells what would go, and that counts as wrong usage. */
export async function deleteModel(
  { library, terminal, signal, json }: CommandContext,
  reference: string,
  { dryRun = false, unlink = false, yes = false }: DeleteCommandOptions,
): Promise<ExitCode> {
  const report = await library.delete(reference, { dryRun: dryRun || !yes, unlink, signal });
  terminal.out(json ? JSON.stringify(report, null, 2) : reportText(report));
  if (dryRun || yes) return 0;
  terminal.err(
    `nothing was deleted: say --yes to delete${report.links.length > 0 ? ', and --unlink for the links' : ''}`,
  );
  return 2;
}

function reportText(report: DeleteReport): string {
  const { slug, files, kept, links, unlinked, companionOf, removed } = report;
  const outcomes = new Map(unlinked.map(({ target, outcome }) => [target, outcome]));
  return [
    `${removed ? 'deleted' : 'would delete'} ${slug}: ${files.length === 1 ? '1 file' : `${files.length} files`}`,
    ...links.map(({ target }) => `${outcomes.get(target) ?? 'linked by'} ${target}`),
    ...kept.map((path) => `stays: ${slug}/${path}`),
    ...companionOf.map((model) => `${model.role} of ${model.slug}`),
    `${formatBytes(report.bytesToCollect)} to be collected, ${formatBytes(report.bytesShared)} shared with other models`,
  ].join('\n');
}
