import { createHash } from 'node:crypto';
import { jsonAnswer, type Answer } from '../http/answer.ts';
import { refuse } from '../protocol/refusal.ts';
import type { HubRequest } from './hub-request.ts';

/** `GET /api/whoami-v2` */
export function whoamiRoute({ identity }: HubRequest): Answer {
  if (identity === null) return refuse(401, { message: 'Invalid username or password.' });
  const id = createHash('sha1').update(identity).digest('hex').slice(0, 24);
  return jsonAnswer(200, {
    type: 'user',
    id,
    name: `user-${id.slice(0, 8)}`,
    fullname: 'Local user',
    isPro: false,
    orgs: [],
    auth: { type: 'access_token', accessToken: { displayName: 'local', role: 'read' } },
  });
}
