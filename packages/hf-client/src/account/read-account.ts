import { z } from 'zod';
import { described } from '../answers/fields.ts';
import { parseAnswer } from '../answers/parse-answer.ts';
import type { HubContext } from '../client/hub-context.ts';
import { hubError } from '../errors/hub-error.ts';
import type { Account } from './account.ts';

const tokenSchema = z
  .object({ displayName: described.text, role: described.text })
  .transform(({ displayName, role }) => ({ name: displayName, role }));

const accountSchema = z.object({
  name: z.string().min(1),
  type: z.string(),
  fullname: described.text,
  isPro: z.boolean().catch(false).default(false),
  orgs: z
    .array(z.object({ name: z.string(), roleInOrg: described.text }))
    .catch([])
    .default([])
    .transform((organisations) => organisations.map(({ name, roleInOrg }) => ({ name, role: roleInOrg }))),
  auth: z
    .object({ accessToken: tokenSchema.nullable().catch(null).default(null) })
    .nullable()
    .catch(null)
    .default(null),
});

/** Reads `GET /api/whoami-v2`. */
export async function readAccount({ http, endpoint }: HubContext, signal: AbortSignal | undefined): Promise<Account> {
  const answer = await http.json({ url: `${endpoint}/api/whoami-v2`, cache: 'none', signal });
  if (answer.status !== 200) throw hubError(answer, { endpoint, repo: '' });
  const { fullname, orgs, auth, ...account } = parseAnswer(accountSchema, answer.url, answer.value);
  return { ...account, fullName: fullname, organisations: orgs, token: auth?.accessToken ?? null };
}
