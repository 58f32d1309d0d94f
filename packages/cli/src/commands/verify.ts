import type { RepoFileProblem, VerifyProblem } from 'modelkeep';
import { needsOther } from '../arguments/needs-other.ts';
import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { withProgress } from '../output/show-progress.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface VerifyOptions extends CommonOptions {
  readonly quick?: boolean;
  readonly deep?: boolean;
  readonly repair?: boolean;
  readonly replaceChanged?: boolean;
}

/** @internal Compares what is stored with what the metadata says. Problems make the command fail. */
export async function verifyLibrary(context: CommandContext, options: VerifyOptions): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  if (options.replaceChanged === true) throw needsOther('--replace-changed', '--repair');
  const depth = options.quick === true ? 'size' : 'hash';
  const report = await withProgress(terminal, library.verify({ depth, signal }));
  const { repos } = report;
  const problems = report.problems.length + repos.problems.length;
  if (json) terminal.out(JSON.stringify(report, null, 2));
  else {
    for (const problem of report.problems) terminal.err(problemLine(problem));
    for (const problem of repos.problems) terminal.err(repoLine(problem));
    for (const { slug, folder } of report.doubled) {
      terminal.err(`${slug} is known as another model in ${folder} as well: verify --repair makes one of both`);
    }
    for (const { slug, verdict } of report.unsafe) terminal.err(`${verdict} to load: ${slug}`);
    terminal.out(
      `${report.models} models, ${report.files + repos.files} files, ${formatBytes(report.bytesHashed + repos.bytesHashed)} hashed: ${problems} problems`,
    );
    if (repos.problems.length > 0)
      terminal.err('repos sync fetches what is wrong in repos again, and verify --repair does both');
  }
  return problems === 0 ? 0 : 1;
}

/** @internal */
export function repoLine({ repo, path, problem, expected, found }: RepoFileProblem): string {
  return problemLine({ slug: repo, file: path, problem, expected, found });
}

/** @internal A problem in one line. */
export function problemLine({
  slug,
  file,
  problem,
  expected,
  found,
}: Pick<VerifyProblem, 'slug' | 'file' | 'problem' | 'expected' | 'found'>): string {
  const detail = [expected === null ? '' : `expected ${expected}`, found === null ? '' : `found ${found}`];
  return `${problem}: ${slug}${file === null ? '' : `/${file}`} ${detail.filter(Boolean).join(', ')}`.trimEnd();
}

/** @internal Makes the index anew. Models that cannot be read make the command fail; the others are indexed. */
export async function rebuildIndex({ library, terminal, signal, json }: CommandContext): Promise<ExitCode> {
  const report = await library.rebuildIndex({ signal });
  if (json) terminal.out(JSON.stringify(report, null, 2));
  else terminal.out(`${report.models} models in the index, ${report.problems.length} left out`);
  return report.problems.length === 0 ? 0 : 1;
}
