import { z } from 'zod';
import { sha1Field } from '../answers/fields.ts';
import { parseAnswer } from '../answers/parse-answer.ts';
import type { ListRefsOptions } from '../client/hub-client.ts';
import type { HubContext } from '../client/hub-context.ts';
import { hubError } from '../errors/hub-error.ts';
import { refsUrl } from '../urls/hub-urls.ts';
import type { RepoRef, RepoRefs } from './repo-refs.ts';

const listSchema: z.ZodType<RepoRef[]> = z
  .array(z.object({ name: z.string(), ref: z.string(), targetCommit: sha1Field }))
  .transform((refs) => refs.map(({ name, ref, targetCommit }) => ({ name, ref, commit: targetCommit })));

const refsSchema = z.object({
  branches: listSchema,
  tags: listSchema.default([]),
  converts: listSchema.default([]),
  pullRequests: listSchema.nullish(),
});

/** Reads `GET /api/models/{id}/refs[?include_prs=1]`. */
export async function readRefs(
  { http, endpoint }: HubContext,
  repo: string,
  options: ListRefsOptions,
): Promise<RepoRefs> {
  const { repoType, includePullRequests = false, signal } = options;
  const answer = await http.json({ url: refsUrl(endpoint, { repo, repoType, includePullRequests }), signal });
  if (answer.status !== 200) throw hubError(answer, { endpoint, repo, repoType });
  const { pullRequests, ...refs } = parseAnswer(refsSchema, answer.url, answer.value);
  return { ...refs, pullRequests: includePullRequests ? (pullRequests ?? []) : null };
}
