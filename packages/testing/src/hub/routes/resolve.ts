import { redirectAnswer, type Answer } from '../http/answer.ts';
import { openRepo, openRevision, requireGrant } from '../protocol/access.ts';
import { encodePath } from '../protocol/encoding.ts';
import { refuse } from '../protocol/refusal.ts';
import type { LfsFacts } from '../content/stored-file.ts';
import type { HostedRepo } from '../repo/hosted-repo.ts';
import type { Snapshot, SnapshotFile } from '../repo/snapshot.ts';
import { baseName, gitFileAnswer } from './git-file.ts';
import type { HubRequest } from './hub-request.ts';
import type { FileRoute } from './route.ts';

/** A file of a repo at a commit. */
interface Found {
  readonly repo: HostedRepo;
  readonly snapshot: Snapshot;
  readonly file: SnapshotFile;
}

async function findFile(request: HubRequest, route: FileRoute): Promise<Found> {
  const repo = openRepo(request.registry, route.address, request.identity);
  requireGrant(repo, request.identity);
  const snapshot = await openRevision(repo, route.revision);
  const file = snapshot.files.get(route.path);
  if (file !== undefined) return { repo, snapshot, file };
  return refuse(404, {
    code: 'EntryNotFound',
    message: 'Entry not found',
    headers: { 'x-repo-commit': snapshot.id },
  });
}

function lfsRedirect(request: HubRequest, { file, repo, snapshot }: Found, lfs: LfsFacts): Answer {
  const name = baseName(file.path);
  const signed = request.signer.sign({ repoObjectId: repo.objectId, xetHash: lfs.xetHash, name });
  return redirectAnswer(302, `${request.cdnUrl}${signed}`, {
    'accept-ranges': 'bytes',
    'x-repo-commit': snapshot.id,
    'x-linked-size': String(file.source.sizeBytes),
    'x-linked-etag': `"${lfs.sha256}"`,
    'x-xet-hash': lfs.xetHash,
  });
}

function cacheRedirect(request: HubRequest, { file, repo, snapshot }: Found): Answer {
  const key = encodeURIComponent(request.path);
  const etag = encodeURIComponent(`"${file.gitSha1}"`);
  const base = `/api/resolve-cache/${repo.type}s/${encodePath(repo.id)}/${snapshot.id}`;
  return redirectAnswer(307, `${base}/${encodePath(file.path)}?${key}=&etag=${etag}`, {
    'accept-ranges': 'bytes',
    'x-repo-commit': snapshot.id,
    'x-linked-etag': `"${file.gitSha1}"`,
    ...(request.behaviour.linkedSizeOnGitFiles ? { 'x-linked-size': String(file.source.sizeBytes) } : {}),
  });
}

/** `GET /{id}/resolve/{rev}/{path}`: where the file is, with its facts on the redirect itself. */
export async function resolveRoute(request: HubRequest, route: FileRoute): Promise<Answer> {
  const found = await findFile(request, route);
  const { lfs } = found.file;
  if (lfs !== null) return lfsRedirect(request, found, lfs);
  if (request.behaviour.gitFiles === 'redirect') return cacheRedirect(request, found);
  return gitFileAnswer(request, found.file, found.snapshot.id);
}

/** `GET /api/resolve-cache/models/{id}/{commit}/{path}`: the bytes of a file that lives in git. */
export async function resolveCacheRoute(request: HubRequest, route: FileRoute): Promise<Answer> {
  const found = await findFile(request, route);
  const { lfs } = found.file;
  return lfs === null ? gitFileAnswer(request, found.file, found.snapshot.id) : lfsRedirect(request, found, lfs);
}
