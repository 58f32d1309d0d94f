import type { ReleaseReport } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { alignColumns } from '../output/model-lines.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface VersionsOptions extends CommonOptions {
  readonly follow?: 'latest' | 'pinned';
}

/** @internal */
export interface ReleaseCommandOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly unlink?: boolean;
}

/** @internal The versions of a model and its quantisations; says where links to it lead, where that is asked for. */
export async function showVersions(
  { library, terminal, signal, json }: CommandContext,
  reference: string,
  { follow }: VersionsOptions,
): Promise<ExitCode> {
  if (follow !== undefined) await library.follow(reference, follow, { signal });
  const versions = await library.versions(reference, { signal });
  const variants = await library.variants(reference, { signal });
  if (json) {
    terminal.out(JSON.stringify({ versions, variants }, null, 2));
    return 0;
  }
  const rows = versions.map(({ model, replaced }) => [
    model.id,
    formatBytes(model.sizeBytes),
    model.slug,
    model.sources.map(({ commit }) => commit?.slice(0, 12) ?? '').join(' '),
    [
      model.follow === 'pinned' ? 'links stay' : '',
      model.pinned === true ? 'pinned' : '',
      model.evictedAt === undefined ? '' : 'evicted',
      replaced.length === 0 ? '' : `${replaced.length} replaced files`,
    ]
      .filter((word) => word !== '')
      .join(', '),
  ]);
  const others = variants.filter(({ id }) => versions.every(({ model }) => model.id !== id));
  terminal.out(alignColumns([['ID', 'SIZE', 'SLUG', 'COMMIT', ''], ...rows]));
  for (const { slug, quantisation, precision, sizeBytes } of others) {
    terminal.out(`variant: ${slug} (${quantisation ?? precision ?? 'other'}, ${formatBytes(sizeBytes)})`);
  }
  return 0;
}

/** @internal Gives up older versions and replaced files. */
export async function releaseModel(
  { library, terminal, signal, json }: CommandContext,
  reference: string,
  { dryRun = false, unlink = false }: ReleaseCommandOptions,
): Promise<ExitCode> {
  const report = await library.release(reference, { dryRun, unlink, signal });
  terminal.out(json ? JSON.stringify(report, null, 2) : releaseText(report));
  return 0;
}

function releaseText({ dryRun, slug, released, kept, files, bytes }: ReleaseReport): string {
  const done = dryRun ? 'would release' : 'released';
  return [
    ...released.map((version) => `${done} ${version.slug} (${formatBytes(version.bytesToCollect)})`),
    ...kept.map((version) => `stays: ${version.slug} (${version.why})`),
    `${done} ${files} replaced files of ${slug} (${formatBytes(bytes)}); gc gives their bytes back`,
  ].join('\n');
}
