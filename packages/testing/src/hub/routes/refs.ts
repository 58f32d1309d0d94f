import { jsonAnswer, type Answer } from '../http/answer.ts';
import { openRepo, type AddressInUrl } from '../protocol/access.ts';
import type { HubRequest } from './hub-request.ts';
import { isTrue } from './query.ts';

/** `GET /api/models/{id}/refs[?include_prs=1]` */
export async function refsRoute(request: HubRequest, route: { readonly address: AddressInUrl }): Promise<Answer> {
  const repo = openRepo(request.registry, route.address, request.identity);
  const { references } = await repo.history();
  const under = (prefix: string): Record<string, string>[] =>
    [...references]
      .filter(([ref]) => ref.startsWith(prefix))
      .map(([ref, targetCommit]) => ({ name: ref.slice(prefix.length), ref, targetCommit }));
  return jsonAnswer(200, {
    branches: under('refs/heads/'),
    tags: under('refs/tags/'),
    converts: under('refs/convert/'),
    ...(isTrue(request.query, 'include_prs') ? { pullRequests: under('refs/pr/') } : {}),
  });
}
