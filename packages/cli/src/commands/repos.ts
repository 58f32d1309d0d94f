import { ModelkeepError, type ArtifactRecord, type RepoRecord } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { alignColumns } from '../output/model-lines.ts';
import { withProgress } from '../output/show-progress.ts';
import type { CommandContext } from '../session.ts';

/** @internal The repos that are registered. */
export async function listRepos({ library, terminal, signal, json }: CommandContext): Promise<ExitCode> {
  const repos = await library.repos.list({ signal });
  if (json) terminal.out(JSON.stringify({ repos }, null, 2));
  else if (repos.length === 0) terminal.err('no repo is registered: repos sync hf:org/name registers one');
  else terminal.out(alignColumns([['ID', 'REPO', 'STATUS', 'COMMIT', 'SYNCED'], ...repos.map(rowOf)]));
  return 0;
}

function rowOf({ id, repo, revision, status, commit, error, syncedAt }: RepoRecord): string[] {
  const state = error === null ? status : `${status}: ${error.code ?? error.name}`;
  return [id, `${repo}@${revision}`, state, commit?.slice(0, 8) ?? '-', syncedAt ?? 'never'];
}

/** @internal */
export async function addRepo(context: CommandContext, reference: string): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const repo = await library.repos.register(reference, { signal });
  terminal.out(json ? JSON.stringify({ repo }, null, 2) : repo.id);
  return 0;
}

/** @internal Registers a repo where it is not, and brings it up to date. 1 where a small file could not be had. */
export async function syncRepo(context: CommandContext, idOrReference: string): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const { id } = (await findRepo(context, idOrReference)) ?? (await library.repos.register(idOrReference, { signal }));
  const result = await withProgress(terminal, library.repos.sync(id, { signal }));
  const { repo, artifacts, failures, bytesFetched } = result;
  if (json) terminal.out(JSON.stringify(result, null, 2));
  else {
    for (const { path, error } of failures) terminal.err(`${path}: ${error.message}`);
    const here = artifacts.filter(({ status }) => status === 'completed').length;
    terminal.out(
      `${repo.id} is at ${repo.commit?.slice(0, 8) ?? '-'}: ${artifacts.length} files, ${here} here, ${formatBytes(bytesFetched)} fetched`,
    );
  }
  return failures.length === 0 ? 0 : 1;
}

/** @internal The files of a repo. */
export async function showRepo(context: CommandContext, idOrReference: string): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const repo = await requireRepo(context, idOrReference);
  const artifacts = await library.repos.artifacts({ repo: repo.id, signal });
  if (json) terminal.out(JSON.stringify({ repo, artifacts }, null, 2));
  else if (artifacts.length === 0) terminal.err(`nothing is known of its files: repos sync ${repo.id}`);
  else terminal.out(alignColumns([['ID', 'STATUS', 'SIZE', 'PATH'], ...artifacts.map(artifactRow)]));
  return 0;
}

function artifactRow({ id, status, sizeBytes, path, error }: ArtifactRecord): string[] {
  return [id, error === null ? status : `${status}: ${error.code ?? error.name}`, formatBytes(sizeBytes), path];
}

/** @internal */
export async function downloadArtifacts(context: CommandContext, ids: readonly string[]): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const result = await withProgress(terminal, library.repos.download(ids, { signal }));
  if (json) terminal.out(JSON.stringify(result, null, 2));
  else {
    for (const { localPath } of result.artifacts) if (localPath !== null) terminal.out(localPath);
    terminal.err(`${formatBytes(result.bytesFetched)} fetched`);
  }
  return 0;
}

/** @internal Its models stay. */
export async function removeRepo(context: CommandContext, idOrReference: string): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const { id } = await requireRepo(context, idOrReference);
  const removed = await library.repos.remove(id, { signal });
  terminal.out(json ? JSON.stringify({ removed }, null, 2) : removed ? 'the repo is forgotten' : 'there was none');
  return removed ? 0 : 1;
}

async function requireRepo(context: CommandContext, idOrReference: string): Promise<RepoRecord> {
  const repo = await findRepo(context, idOrReference);
  if (repo !== undefined) return repo;
  throw new ModelkeepError('fleet.not-found', {
    message: `no repo ${idOrReference} is registered`,
    facts: { topic: 'repos', key: idOrReference },
    hint: 'modelkeep repos lists them',
  });
}

/** By its id, or as `[hf:]org/name[@revision]`. */
async function findRepo({ library, signal }: CommandContext, text: string): Promise<RepoRecord | undefined> {
  const name = text.replace(/^hf:/u, '');
  const repos = await library.repos.list({ signal });
  const isMeant = ({ id, repo, revision }: RepoRecord): boolean =>
    id === text || name === `${repo}@${revision}` || (name === repo && revision === 'main');
  return repos.find((one) => isMeant(one));
}
