import { stat } from 'node:fs/promises';
import { ModelkeepError } from '@modelkeep/core';
import type { FoundFile, LookupQuery, LookupReport } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { alignColumns, modelTable } from '../output/model-lines.ts';
import { withProgress } from '../output/show-progress.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface LookupCommandOptions extends CommonOptions {
  readonly name?: string;
  readonly offline?: boolean;
  readonly endpoint?: string;
  readonly token?: string;
}

/** @internal Finds where a file comes from. */
export async function lookUpFile(
  context: CommandContext,
  file: string,
  { name, offline }: LookupCommandOptions,
): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const query = { ...(await queryOf(file)), ...(name === undefined ? {} : { fileName: name }) };
  const report = await withProgress(terminal, library.lookup(query, { offline, signal }));
  terminal.out(json ? JSON.stringify(report, null, 2) : reportText(report));
  return 0;
}

/** A text that is a hash is one, also where a file of that name is; one with a separator is a path. */
async function queryOf(file: string): Promise<LookupQuery> {
  if (file === '') {
    throw new ModelkeepError('core.invalid-argument', {
      message: 'there is nothing to look for',
      facts: { argument: 'file', found: file },
      hint: 'name a SHA-256, a file name or the path of a file',
    });
  }
  if (/^[0-9a-f]{64}$/iu.test(file)) return { sha256: file };
  return /[/\\]/u.test(file) || (await isThere(file)) ? { path: file } : { fileName: file };
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    // Whatever keeps it from being read: it is a name to look for then.
    return false;
  }
}

function reportText({ status, subject, matches, candidates, models, hub, failures }: LookupReport): string {
  const lines = subject.sha256 === undefined ? [] : [`sha256 ${subject.sha256}`];
  if (status === 'match') lines.push(`${matches.length} of exactly this content:`, fileTable(matches));
  else if (subject.sha256 === undefined) lines.push('without a hash nothing is certain');
  else lines.push('unknown: no repo that was looked at tells this hash');
  if (candidates.length > 0) lines.push('could be it, by name:', fileTable(candidates));
  if (status === 'unknown' && hub === 'unreachable') lines.push('the hub could not be asked to the end');
  for (const { repo, message } of failures) lines.push(`${repo ?? 'the search'}: ${message}`);
  if (models.length > 0) lines.push('in this library:', modelTable(models));
  return lines.join('\n');
}

function fileTable(files: readonly FoundFile[]): string {
  return alignColumns(
    files.map(({ evidence, sizeBytes, repo, commit, path }) => [
      `  ${evidence}`,
      sizeBytes === null ? '-' : formatBytes(sizeBytes),
      `hf:${repo}${commit === null ? '' : `@${commit}`}/${path}`,
    ]),
  );
}
