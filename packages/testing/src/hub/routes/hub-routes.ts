import type { Answer } from '../http/answer.ts';
import { hubError, Refusal } from '../protocol/refusal.ts';
import type { HubRequest } from './hub-request.ts';
import { infoRoute } from './info.ts';
import { listRoute } from './list.ts';
import { pathsInfoRoute } from './paths-info.ts';
import { refsRoute } from './refs.ts';
import { resolveCacheRoute, resolveRoute } from './resolve.ts';
import { readRoute, type Route } from './route.ts';
import { treeRoute } from './tree.ts';
import { whoamiRoute } from './whoami.ts';

const EXPOSED = 'X-Repo-Commit, X-Error-Code, X-Error-Message, ETag, Link, X-Linked-Size, X-Linked-ETag, X-Xet-Hash';

async function answerRoute(request: HubRequest, route: Route): Promise<Answer> {
  switch (route.kind) {
    case 'list':
      return listRoute(request, route.type);
    case 'info':
      return infoRoute(request, route);
    case 'refs':
      return refsRoute(request, route);
    case 'paths-info':
      return pathsInfoRoute(request, route);
    case 'tree':
      return treeRoute(request, route);
    case 'resolve':
      return resolveRoute(request, route);
    case 'resolve-cache':
      return resolveCacheRoute(request, route);
    case 'whoami':
      return whoamiRoute(request);
    case 'unknown':
    default:
      return hubError(404, { message: "Sorry, we can't find the page you are looking for." });
  }
}

function allowedMethods(route: Route): readonly string[] {
  return route.kind === 'paths-info' ? ['POST'] : ['GET', 'HEAD'];
}

/** Answers a request to the hub's origin. */
export async function answerHub(request: HubRequest): Promise<Answer> {
  try {
    const route = readRoute(request.path, request.url);
    const allowed = allowedMethods(route);
    if (!allowed.includes(request.method)) {
      return hubError(405, { message: 'Method not allowed', headers: { allow: allowed.join(', ') } });
    }
    const answer = await answerRoute(request, route);
    return { ...answer, headers: { 'access-control-expose-headers': EXPOSED, ...answer.headers } };
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}
