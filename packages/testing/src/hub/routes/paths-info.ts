import { jsonAnswer, type Answer } from '../http/answer.ts';
import { openRepo, openRevision, type AddressInUrl } from '../protocol/access.ts';
import { refuse } from '../protocol/refusal.ts';
import type { HubRequest } from './hub-request.ts';
import { isTrue } from './query.ts';
import { entryAt } from './tree-entries.ts';

interface Wanted {
  readonly paths: readonly string[];
  readonly expand: boolean;
}

function readJson(text: string): Wanted {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // JSON.parse throws for nothing but malformed input
    return refuse(400, { message: 'Invalid JSON body' });
  }
  const { expand, paths } = (value ?? {}) as { expand?: unknown; paths?: unknown };
  const list = typeof paths === 'string' ? [paths] : paths;
  if (!Array.isArray(list) || !list.every((path) => typeof path === 'string')) {
    return refuse(400, { message: 'Invalid body: expected {"paths": [...]}' });
  }
  return { paths: list, expand: expand === true };
}

async function readWanted(request: HubRequest): Promise<Wanted> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const text = await request.readBody();
  if (type === 'application/json') return readJson(text);
  if (type !== 'application/x-www-form-urlencoded') return refuse(400, { message: 'Invalid content type' });
  const form = new URLSearchParams(text);
  return { paths: form.getAll('paths'), expand: isTrue(form, 'expand') };
}

/** `POST /api/models/{id}/paths-info/{rev}`: missing paths are left out. */
export async function pathsInfoRoute(
  request: HubRequest,
  route: { readonly address: AddressInUrl; readonly revision: string },
): Promise<Answer> {
  const repo = openRepo(request.registry, route.address, request.identity);
  const snapshot = await openRevision(repo, route.revision);
  const { expand, paths } = await readWanted(request);
  const entries = paths.map((path) => entryAt(snapshot, path, expand)).filter((entry) => entry !== undefined);
  return jsonAnswer(200, entries, { 'x-repo-commit': snapshot.id });
}
