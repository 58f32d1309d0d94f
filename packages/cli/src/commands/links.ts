import { folderOf, linkedAppOf } from '../arguments/app-folder.ts';
import type { ExitCode } from '../exit-code.ts';
import { alignColumns } from '../output/model-lines.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface LinksOptions extends CommonOptions {
  readonly check?: boolean;
  readonly repair?: boolean;
}

/** @internal Tells how the links into apps are; a link that is not good, or not made good, makes the command fail. */
export async function showLinks(
  { library, terminal, signal, json }: CommandContext,
  {
    app,
    directory,
    options,
  }: { readonly app: string | undefined; readonly directory: string | undefined; readonly options: LinksOptions },
): Promise<ExitCode> {
  const appRoot = directory === undefined ? undefined : folderOf(directory);
  const found =
    app === undefined ? undefined : await linkedAppOf(library, { app, appRoot: appRoot ?? process.cwd(), signal });
  const scope = { app: found, appRoot, signal };
  if (options.repair === true) {
    const { checked, results, counts, files } = await library.repairLinks(scope);
    const lines = results.map(({ outcome, target, slug, reason, error }) => [
      outcome,
      target ?? slug,
      reason?.message ?? error?.message ?? '',
    ]);
    lines.push(...files.map(({ outcome, path, reason }) => [outcome, path, reason?.message ?? '']));
    const waiting = checked.filter(({ health }) => health === 'app-root-gone');
    lines.push(...waiting.map(({ link }) => ['waits', link.target, `${link.appRoot} is not there now`]));
    const text = lines.length === 0 ? 'all links are good' : alignColumns(lines);
    terminal.out(json ? JSON.stringify({ results, counts, files, waiting }, null, 2) : text);
    return counts.failed === 0 && files.every(({ outcome }) => outcome !== 'conflict') ? 0 : 1;
  }
  const checked = await library.checkLinks(scope);
  const files = await library.checkConfigFiles(scope);
  const lines = checked.map(({ link, health }) => [health, link.app, link.strategy, link.target]);
  lines.push(...files.map(({ health, app: of, format, path }) => [health, of, format, path]));
  const text = lines.length === 0 ? 'no app has links of this library' : alignColumns(lines);
  terminal.out(json ? JSON.stringify({ links: checked, configFiles: files }, null, 2) : text);
  return [...checked, ...files].every(({ health }) => health === 'ok') ? 0 : 1;
}
