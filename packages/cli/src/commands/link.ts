import { resolve } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import {
  knownApps,
  type AppliedLink,
  type KeepLinkedOptions,
  type Library,
  type LinkingOptions,
  type LinkPlan,
  type UnlinkedApp,
} from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
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

/** In place of an app: the one that the folder looks like. */
const DETECT = 'auto';

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
  const found = app === DETECT ? await detected(library, appRoot, signal) : app;
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
  const note = applied.files.length === 0 ? null : (links.plan.config?.note ?? null);
  terminal.out(json ? JSON.stringify(applied, null, 2) : outcomeText(applied));
  if (!json && note !== null) terminal.err(note);
  return exitCodeOf(applied);
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
  const found = app === DETECT ? await detected(library, appRoot, signal) : app;
  const removed: UnlinkedApp = await library.unlink(found, { appRoot, signal });
  terminal.out(json ? JSON.stringify(removed, null, 2) : outcomeText(removed));
  return exitCodeOf(removed);
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

async function detected(library: Library, appRoot: string, signal: AbortSignal): Promise<string> {
  const found = await library.detectApp(appRoot, { signal });
  if (found !== null) return found.app;
  const known = (await knownApps()).map(({ app }) => app);
  throw new ModelkeepError('mapper.unknown-app', {
    message: `${appRoot} looks like no app that is known`,
    facts: { app: DETECT, known },
    hint: `name the app: ${known.join(', ')}`,
  });
}

function exitCodeOf({ counts, files }: Pick<UnlinkedApp, 'counts' | 'files'>): ExitCode {
  return counts.conflict + counts.failed === 0 && files.every(({ outcome }) => outcome !== 'conflict') ? 0 : 1;
}

/** An empty text is a variable that was not set, and would mean the folder one happens to stand in. */
function folderOf(directory: string): string {
  if (directory !== '') return resolve(directory);
  throw new ModelkeepError('core.invalid-argument', {
    message: "the app's folder is empty",
    facts: { argument: 'dir', found: '' },
    hint: 'name the folder; "." is the one you are in',
  });
}

function planText(plan: LinkPlan): string {
  const lines = plan.entries.map(({ action, slug, target, strategies, reason }) => [
    action,
    target ?? slug,
    reason === null ? (strategies[0] ?? '') : `(${reason.message})`,
  ]);
  const files = (plan.config?.files ?? []).flatMap(({ action, path, lines: added, reason }) => [
    `${action}  ${path}${reason === null ? '' : `  (${reason.message})`}`,
    ...added.filter((line) => line !== '').map((line) => `    ${line}`),
  ]);
  const advice = plan.advice.map(({ slug, text }) => `${slug}: ${text}`);
  const room = plan.bytesToWrite === 0 ? '' : `takes ${formatBytes(plan.bytesToWrite)} on the drive of the app`;
  return [alignColumns(lines), ...files, ...advice, countText(plan.counts), room].filter(Boolean).join('\n');
}

function outcomeText({ results, counts, files }: Outcomes): string {
  const lines = results
    .filter(({ outcome }) => outcome !== 'kept')
    .map(({ outcome, slug, target, reason, error }) => [
      outcome,
      target ?? slug,
      reason === null && error === null ? '' : `(${reason?.message ?? error?.message ?? ''})`,
    ]);
  const fileLines = files
    .filter(({ outcome }) => outcome !== 'kept')
    .map(({ outcome, path, reason }) => `${outcome}  ${path}${reason === null ? '' : `  (${reason.message})`}`);
  return [alignColumns(lines), ...fileLines, countText(counts)].filter(Boolean).join('\n');
}

interface Outcomes extends Pick<UnlinkedApp, 'counts' | 'files'> {
  readonly results: readonly AppliedLink[];
}

function countText(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return parts.length === 0 ? 'nothing to do' : parts.map(([name, count]) => `${count} ${name}`).join(', ');
}
