import { jsonAnswer, type Answer } from '../http/answer.ts';
import { isVisible, openRevision } from '../protocol/access.ts';
import { pageOf, readLimit } from '../protocol/cursor.ts';
import type { RepoType } from '../repo-definition.ts';
import type { HostedRepo } from '../repo/hosted-repo.ts';
import { pick, readExpand, requireOneOf } from './expand.ts';
import type { HubRequest } from './hub-request.ts';
import { fitsQuery } from './list-filter.ts';
import { isTrue } from './query.ts';
import { repoFacts, snapshotFacts } from './repo-facts.ts';

const SORTS = ['createdAt', 'downloads', 'lastModified', 'likes', 'trendingScore'];
const LIST_FIELDS = [
  'likes',
  'trendingScore',
  'private',
  'downloads',
  'tags',
  'pipeline_tag',
  'library_name',
  'createdAt',
  'sdk',
];
const FULL_FIELDS = [...LIST_FIELDS, 'author', 'sha', 'lastModified', 'gated', 'disabled', 'siblings'];
const SNAPSHOT_FIELDS = new Set(['sha', 'siblings', 'usedStorage']);

function fieldsOf(query: URLSearchParams, type: RepoType): readonly string[] {
  const expand = readExpand(query, type);
  if (expand !== null) return expand;
  return [
    ...(isTrue(query, 'full') ? FULL_FIELDS : LIST_FIELDS),
    ...(isTrue(query, 'cardData') ? ['cardData'] : []),
    ...(isTrue(query, 'config') ? ['config'] : []),
  ];
}

async function itemOf(repo: HostedRepo, query: URLSearchParams): Promise<Record<string, unknown>> {
  const fields = fieldsOf(query, repo.type);
  const snapshot = fields.some((field) => SNAPSHOT_FIELDS.has(field)) ? await openRevision(repo, 'main') : null;
  const facts = { ...repoFacts(repo), ...(snapshot === null ? {} : snapshotFacts(snapshot, false)) };
  const ids = { _id: repo.objectId, id: repo.id };
  const modelId = repo.type === 'model' && readExpand(query, repo.type) === null ? { modelId: repo.id } : {};
  return { ...ids, ...modelId, ...pick(facts, fields) };
}

function compareValues(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left) < String(right) ? -1 : Number(String(left) > String(right));
}

/** `GET /api/models`, `/api/datasets`, `/api/spaces`: the highest value of `sort` first, then by id. */
export async function listRoute(request: HubRequest, type: RepoType): Promise<Answer> {
  const { behaviour, query, registry } = request;
  const sort = query.get('sort') ?? 'trendingScore';
  requireOneOf('sort', sort, SORTS);
  fieldsOf(query, type);
  const rows = registry
    .list(type)
    .filter((repo) => isVisible(repo, request.identity) && fitsQuery(repo, query))
    .map((repo) => ({ repo, value: repoFacts(repo)[sort] }))
    .sort((left, right) => compareValues(right.value, left.value) || compareValues(left.repo.id, right.repo.id));
  const page = pageOf({
    items: rows.map(({ repo }) => repo),
    keyOf: (repo) => repo.id,
    pageSize: readLimit(query, behaviour.pageSize),
    url: `${request.hubUrl}${request.path}`,
    query,
  });
  const items: Record<string, unknown>[] = [];
  for (const repo of page.items) items.push(await itemOf(repo, query));
  return jsonAnswer(200, items, page.headers);
}
