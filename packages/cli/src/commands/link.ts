import { ModelkeepError } from '@modelkeep/core';
import { knownApps, type KeepLinkedOptions, type LinkingOptions, type UnlinkedApp } from 'modelkeep';
import { appOf, folderOf, linkedAppOf } from '../arguments/app-folder.ts';
import type { ExitCode } from '../exit-code.ts';
import { adviceLines, linkExitCode, outcomeText, planText } from '../output/link-lines.ts';
import { alignColumns } from '../output/model-lines.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface LinkOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly appVersion?: string;
  readonly modelConfig?: string;
  readonly way?: 'links' | 'config' | 'store' | 'plan-only';
  readonly by?: string;
  readonly allowCopy?: boolean;
  readonly watch?: boolean;
}

/** @internal What a person says of a model's place in an app. */
export interface MapOptions extends CommonOptions {
  readonly versions?: string;
  readonly name?: string;
  readonly folder?: string;
  readonly names?: 'official' | 'cleaned';
  readonly link?: boolean | undefined;
  readonly clear?: readonly string[];
}

const linkWays = ['symlink', 'hardlink', 'reflink', 'junction', 'copy'] as const;

/** Nothing that was said: what suits the app. */
function linkingOf({ by, allowCopy }: LinkOptions): LinkingOptions | undefined {
  if (by === undefined && allowCopy === undefined) return undefined;
  const prefer = linkWays.find((way) => way === by);
  if (by === undefined || prefer !== undefined) return { prefer, allowCopy: allowCopy ?? false };
  throw new ModelkeepError('core.invalid-argument', {
    message: `links are not made by "${by}"`,
    facts: { argument: '--by', found: by },
    hint: `one of ${linkWays.join(', ')}`,
  });
}

/** @internal Makes the models appear in an app. A link that could not be made makes the command fail. */
export async function linkApp(
  { library, terminal, signal, json }: CommandContext,
  { app, directory, options }: { readonly app: string; readonly directory: string; readonly options: LinkOptions },
): Promise<ExitCode> {
  const { appVersion, modelConfig, way } = options;
  const appRoot = folderOf(directory);
  const found = await appOf(library, { app, appRoot, signal });
  const request = { appRoot, appVersion, modelConfig, way, linking: linkingOf(options), signal };
  if (options.watch === true && options.dryRun !== true)
    return keepApp({ library, terminal, signal, json }, { app: found, request });
  const links = await library.planLinks(found, request);
  if (!json) for (const { message } of links.plan.warnings) terminal.err(`warning: ${message}`);
  if (options.dryRun === true) {
    terminal.out(json ? JSON.stringify(links.plan, null, 2) : planText(links.plan));
    return 0;
  }
  const applied = await links.apply({ signal });
  const isWritten = applied.files.some(({ outcome }) => outcome !== 'kept' && outcome !== 'conflict');
  const note = isWritten ? (links.plan.config?.note ?? null) : null;
  const { advice } = links.plan;
  terminal.out(
    json ? JSON.stringify({ ...applied, advice }, null, 2) : [...adviceLines(advice), outcomeText(applied)].join('\n'),
  );
  if (!json && note !== null) terminal.err(note);
  return linkExitCode(applied);
}

/** One line, or one line of JSON, for each time that something was done, until Ctrl-C. */
async function keepApp(
  { library, terminal, json }: CommandContext,
  { app, request }: { readonly app: string; readonly request: KeepLinkedOptions },
): Promise<ExitCode> {
  for await (const kept of library.keepLinked(app, request)) {
    const { applied, problem } = kept;
    if (json) terminal.out(JSON.stringify(kept));
    else if (applied !== null) terminal.out(outcomeText(applied));
    if (problem !== null) terminal.err(`waiting: ${problem.message}`);
  }
  return 0;
}

/** @internal Removes the links of this library from an app. */
export async function unlinkApp(
  { library, terminal, signal, json }: CommandContext,
  { app, directory }: { readonly app: string; readonly directory: string },
): Promise<ExitCode> {
  const appRoot = folderOf(directory);
  const found = await linkedAppOf(library, { app, appRoot, signal });
  const removed: UnlinkedApp = await library.unlink(found, { appRoot, signal });
  terminal.out(json ? JSON.stringify(removed, null, 2) : outcomeText(removed));
  return linkExitCode(removed);
}

/** @internal Says which app a folder is, or which apps are known. */
export async function showApps(
  { library, terminal, signal, json }: CommandContext,
  directory: string | undefined,
): Promise<ExitCode> {
  const found = directory === undefined ? null : await library.detectApp(folderOf(directory), { signal });
  const known = directory === undefined ? await knownApps() : found === null ? [] : [found];
  if (json) terminal.out(JSON.stringify(known, null, 2));
  else if (known.length === 0) terminal.err('this folder looks like no app that is known: `modelkeep apps` lists them');
  else {
    const version = found?.appVersion ?? null;
    const lines = known.map(({ app, name, ways }) => [
      app,
      name,
      ...(found === null ? [] : [version ?? 'version unknown']),
      ways.map((way) => (way.kind === 'plan-only' ? 'plan only' : way.kind)).join(', '),
    ]);
    terminal.out(alignColumns(lines));
  }
  return known.length === 0 ? 1 : 0;
}

/** @internal Says what a person wants of a model's place in an app. */
export async function mapModel(
  { library, terminal, signal, json }: CommandContext,
  { model, app, options }: { readonly model: string; readonly app: string; readonly options: MapOptions },
): Promise<ExitCode> {
  const { versions, name, folder, names, link, clear = [] } = options;
  const unknown = clear.find((field) => !clearable.includes(field));
  if (unknown !== undefined) {
    throw new ModelkeepError('core.invalid-argument', {
      message: `there is nothing called "${unknown}" to take back`,
      facts: { argument: '--clear', found: unknown },
      hint: `one of ${clearable.join(', ')}`,
    });
  }
  if (app !== '*' && !(await knownApps()).some((one) => one.app === app) && !json)
    terminal.err(`warning: no app called "${app}" is known here: \`modelkeep apps\` lists those that are`);
  const cleared = Object.fromEntries(clear.map((field) => [field, null]));
  const changed = await library.editMapping(
    model,
    { app, versions, name, folder, names, link, ...cleared },
    { signal },
  );
  if (json) terminal.out(JSON.stringify(changed, null, 2));
  else terminal.out(`${changed.slug}: ${JSON.stringify(changed.mapping ?? {})}; \`modelkeep link\` does as it says`);
  return 0;
}

/** @internal What `--clear` takes back. */
export const clearable: readonly string[] = ['versions', 'name', 'folder', 'names', 'link'];
