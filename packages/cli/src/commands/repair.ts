import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { withProgress } from '../output/show-progress.ts';
import type { CommandContext } from '../session.ts';
import { problemLine, repoLine, type VerifyOptions } from './verify.ts';

/** @internal Mends what a verification finds. What is left makes the command fail. */
export async function repairLibrary(context: CommandContext, options: VerifyOptions): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const depth = options.quick === true ? 'size' : 'hash';
  const replaceDiverged = options.replaceChanged === true;
  const report = await withProgress(terminal, library.repair({ depth, replaceDiverged, signal }));
  if (json) terminal.out(JSON.stringify(report, null, 2));
  else {
    for (const { slug, file, how } of report.repaired) terminal.out(`${how}: ${slug}/${file}`);
    for (const { slug, outsideId, folder } of report.joined) {
      terminal.out(`joined: ${slug} with ${outsideId} in ${folder}`);
    }
    for (const problem of report.left) terminal.err(problemLine(problem));
    for (const { slug, file, reason } of report.failures) terminal.err(`cannot be fetched: ${slug}/${file}: ${reason}`);
    const { found, repaired, left, repos } = report;
    for (const { repo, path } of repos.repaired) terminal.out(`fetched: ${repo}/${path}`);
    for (const failure of repos.failures) {
      terminal.err(repoLine(failure));
      terminal.err(`cannot be fetched: ${failure.repo}/${failure.path}: ${failure.reason}`);
    }
    terminal.out(
      `${found.models} models, ${found.problems.length + repos.found.problems.length} problems: ` +
        `${repaired.length + repos.repaired.length} repairs, ` +
        `${formatBytes(report.bytesFetched + repos.bytesFetched)} fetched, ${left.length + repos.failures.length} problems left`,
    );
  }
  return report.left.length + report.repos.failures.length === 0 ? 0 : 1;
}
