import { createHash } from 'node:crypto';
import { jsonAnswer, type Answer } from '../http/answer.ts';
import { openRepo, openRevision, type AddressInUrl } from '../protocol/access.ts';
import type { HostedRepo } from '../repo/hosted-repo.ts';
import type { Snapshot } from '../repo/snapshot.ts';
import { isTrue } from './query.ts';
import { pick, readExpand } from './expand.ts';
import type { HubRequest } from './hub-request.ts';
import { repoFacts, snapshotFacts } from './repo-facts.ts';

const INFO_FIELDS = [
  'private',
  'pipeline_tag',
  'library_name',
  'tags',
  'downloads',
  'likes',
  'author',
  'sha',
  'lastModified',
  'gated',
  'disabled',
  'config',
  'cardData',
  'description',
  'siblings',
  'createdAt',
  'safetensors',
  'sdk',
  'usedStorage',
];

function infoOf(repo: HostedRepo, snapshot: Snapshot, request: HubRequest): Record<string, unknown> {
  const { query } = request;
  const expand = readExpand(query, repo.type);
  const facts = { ...repoFacts(repo), ...snapshotFacts(snapshot, isTrue(query, 'blobs')) };
  const ids = { _id: repo.objectId, id: repo.id };
  if (expand !== null) return { ...ids, ...pick(facts, expand) };
  return {
    ...ids,
    ...(repo.type === 'model' ? { modelId: repo.id } : {}),
    ...pick(facts, INFO_FIELDS),
    ...(isTrue(query, 'securityStatus') ? { securityRepoStatus: { scansDone: false, filesWithIssues: [] } } : {}),
  };
}

/** `GET /api/models/{id}[/revision/{rev}]` */
export async function infoRoute(
  request: HubRequest,
  route: { readonly address: AddressInUrl; readonly revision: string | null },
): Promise<Answer> {
  const repo = openRepo(request.registry, route.address, request.identity);
  const snapshot = await openRevision(repo, route.revision ?? 'main');
  const info = infoOf(repo, snapshot, request);
  const etag = `W/"${createHash('sha1').update(JSON.stringify(info)).digest('hex')}"`;
  if (request.headers['if-none-match'] === etag) return { status: 304, headers: { etag }, body: null };
  return jsonAnswer(200, info, { etag });
}
