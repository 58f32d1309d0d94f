import { resolve } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import type { AppliedLink, KeepLinkedOptions, LinkingOptions, LinkPlan, UnlinkedApp } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { alignColumns } from '../output/model-lines.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface LinkOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly appVersion?: string;
  readonly by?: string;
  readonly allowCopy?: boolean;
  readonly watch?: boolean;
}

const ways = ['symlink', 'hardlink', 'reflink', 'junction', 'copy'] as const;

/** Nothing that was said: what suits the app. */
function linkingOf({ by, allowCopy }: LinkOptions): LinkingOptions | undefined {
  if (by === undefined && allowCopy === undefined) return undefined;
  const prefer = ways.find((way) => way === by);
  if (by === undefined || prefer !== undefined) return { prefer, allowCopy: allowCopy ?? false };
  throw new ModelkeepError('core.invalid-argument', {
    message: `links are not made by "${by}"`,
    facts: { argument: '--by', found: by },
    hint: `one of ${ways.join(', ')}`,
  });
}

/** @internal Makes the models appear in an app. A link that could not be made makes the command fail. */
export async function linkApp(
  { library, terminal, signal, json }: CommandContext,
  { app, directory, options }: { readonly app: string; readonly directory: string; readonly options: LinkOptions },
): Promise<ExitCode> {
  const { appVersion } = options;
  const request = { appRoot: folderOf(directory), appVersion, linking: linkingOf(options), signal };
  if (options.watch === true && options.dryRun !== true)
    return keepApp({ library, terminal, signal, json }, { app, request });
  const links = await library.planLinks(app, request);
  if (!json) for (const { message } of links.plan.warnings) terminal.err(`warning: ${message}`);
  if (options.dryRun === true) {
    terminal.out(json ? JSON.stringify(links.plan, null, 2) : planText(links.plan));
    return 0;
  }
  const applied = await links.apply({ signal });
  terminal.out(json ? JSON.stringify(applied, null, 2) : outcomeText(applied.results, applied.counts));
  return applied.counts.conflict + applied.counts.failed === 0 ? 0 : 1;
}

/** One line, or one line of JSON, for each time that something was done, until Ctrl-C. */
async function keepApp(
  { library, terminal, json }: CommandContext,
  { app, request }: { readonly app: string; readonly request: KeepLinkedOptions },
): Promise<ExitCode> {
  for await (const kept of library.keepLinked(app, request)) {
    const { applied, problem } = kept;
    if (json) terminal.out(JSON.stringify(kept));
    else if (applied !== null) terminal.out(outcomeText(applied.results, applied.counts));
    if (problem !== null) terminal.err(`waiting: ${problem.message}`);
  }
  return 0;
}

/** @internal Removes the links of this library from an app. */
export async function unlinkApp(
  { library, terminal, signal, json }: CommandContext,
  { app, directory }: { readonly app: string; readonly directory: string },
): Promise<ExitCode> {
  const removed: UnlinkedApp = await library.unlink(app, { appRoot: folderOf(directory), signal });
  terminal.out(json ? JSON.stringify(removed, null, 2) : outcomeText(removed.results, removed.counts));
  return removed.counts.conflict + removed.counts.failed === 0 ? 0 : 1;
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
  const room = plan.bytesToWrite === 0 ? '' : `takes ${formatBytes(plan.bytesToWrite)} on the drive of the app`;
  return [alignColumns(lines), countText(plan.counts), room].filter(Boolean).join('\n');
}

function outcomeText(results: readonly AppliedLink[], counts: Readonly<Record<string, number>>): string {
  const lines = results
    .filter(({ outcome }) => outcome !== 'kept')
    .map(({ outcome, slug, target, reason, error }) => [
      outcome,
      target ?? slug,
      reason === null && error === null ? '' : `(${reason?.message ?? error?.message ?? ''})`,
    ]);
  return [alignColumns(lines), countText(counts)].filter(Boolean).join('\n');
}

function countText(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return parts.length === 0 ? 'nothing to do' : parts.map(([name, count]) => `${count} ${name}`).join(', ');
}
