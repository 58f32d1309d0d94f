import { jsonAnswer, type Answer } from '../http/answer.ts';
import { openRepo, openRevision } from '../protocol/access.ts';
import { pageOf, readLimit } from '../protocol/cursor.ts';
import { refuse } from '../protocol/refusal.ts';
import type { Snapshot } from '../repo/snapshot.ts';
import type { HubRequest } from './hub-request.ts';
import { isTrue } from './query.ts';
import type { FileRoute } from './route.ts';
import { entryAt } from './tree-entries.ts';

const EXPANDED_PAGE_SIZE = 50;

function pathsIn(snapshot: Snapshot, folder: string, recursive: boolean): string[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  return [...new Set([...snapshot.folders.keys(), ...snapshot.files.keys()])]
    .filter((path) => path.startsWith(prefix) && (recursive || !path.slice(prefix.length).includes('/')))
    .sort();
}

/** `GET /api/models/{id}/tree/{rev}[/{path}]?recursive&expand` */
export async function treeRoute(request: HubRequest, route: FileRoute): Promise<Answer> {
  const { behaviour, query } = request;
  const repo = openRepo(request.registry, route.address, request.identity);
  const snapshot = await openRevision(repo, route.revision);
  if (route.path !== '' && !snapshot.folders.has(route.path)) {
    refuse(404, {
      code: 'EntryNotFound',
      message: `${route.path} does not exist on "${route.revision}"`,
      headers: { 'x-repo-commit': snapshot.id },
    });
  }
  const expand = isTrue(query, 'expand');
  const largest = expand ? Math.min(EXPANDED_PAGE_SIZE, behaviour.pageSize) : behaviour.pageSize;
  const page = pageOf({
    items: pathsIn(snapshot, route.path, isTrue(query, 'recursive')),
    keyOf: (path) => path,
    pageSize: readLimit(query, largest),
    url: `${request.hubUrl}${request.path}`,
    query,
  });
  return jsonAnswer(
    200,
    page.items.map((path) => entryAt(snapshot, path, expand)),
    { ...page.headers, 'x-repo-commit': snapshot.id },
  );
}
