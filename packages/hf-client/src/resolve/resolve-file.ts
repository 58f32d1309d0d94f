import { isSha1, ModelkeepError, redactUrl } from '@modelkeep/core';
import { isRedirectStatus, redirectTarget, type HttpAnswer } from '@modelkeep/network';
import type { RevisionOptions } from '../client/hub-client.ts';
import type { HubContext } from '../client/hub-context.ts';
import { hubError, type HubQuestion } from '../errors/hub-error.ts';
import { resolveUrl } from '../urls/hub-urls.ts';
import { headerBytes, linkedFacts } from './linked-facts.ts';
import { renamedRepo } from './renamed-repo.ts';
import type { ResolvedFile } from './resolved-file.ts';

const MAX_RENAMES = 5;

/** What {@link resolveFile} asks. */
export interface ResolveFileRequest extends RevisionOptions {
  readonly repo: string;
  readonly path: string;
}

/**
 * Asks `HEAD /{id}/resolve/{rev}/{path}` without following, because what the Hub tells about a file is on the redirect
 * itself. Only the redirect of a renamed repo is followed.
 */
export async function resolveFile(
  { http, endpoint }: HubContext,
  { repo, repoType, revision, path, signal }: ResolveFileRequest,
): Promise<ResolvedFile> {
  const question: HubQuestion = { endpoint, repo, repoType, revision, path };
  let url = resolveUrl(endpoint, { repo, repoType, revision, path });
  let renamedTo: string | null = null;
  for (let renames = 0; ; renames += 1) {
    // Read as text, so that retries cover the whole of it and nothing is left open.
    const answer = await http.text({ method: 'HEAD', url, redirect: 'manual', endpointClass: 'resolve', signal });
    const location = isRedirectStatus(answer.status)
      ? redirectTarget(new URL(answer.url), answer.headers['location'])
      : null;
    const newId = location === null ? null : renamedRepo(location, { endpoint, repoType });
    if (location === null || newId === null) {
      return toResolvedFile({ answer, question, location, renamedTo, repo: renamedTo ?? repo });
    }
    if (renames === MAX_RENAMES) throw unexpected(answer, question, 'the repo was renamed too often');
    renamedTo = newId;
    url = location.href;
  }
}

interface Found {
  readonly answer: HttpAnswer;
  readonly question: HubQuestion;
  readonly location: URL | null;
  readonly renamedTo: string | null;
  readonly repo: string;
}

function toResolvedFile({ answer, question, location, renamedTo, repo }: Found): ResolvedFile {
  const { headers, status, url } = answer;
  if (location === null && status !== 200) throw hubError(answer, question);
  const commit = headers['x-repo-commit'];
  if (commit === undefined || !isSha1(commit)) throw unexpected(answer, question, 'the answer names no commit');
  const linked = linkedFacts(headers);
  // A redirect's content-length is that of the redirect's own text.
  const isBody = location === null && (headers['content-encoding'] ?? 'identity') === 'identity';
  return {
    ...linked,
    repo,
    commit,
    sizeBytes: linked.sizeBytes ?? (isBody ? headerBytes(headers['content-length']) : null),
    url,
    location: location?.href ?? null,
    renamedTo,
  };
}

function unexpected(answer: HttpAnswer, question: HubQuestion, reason: string): ModelkeepError<'hub.unexpected'> {
  const { repo, revision, path } = question;
  const url = redactUrl(answer.url);
  return new ModelkeepError('hub.unexpected', {
    message: `${url} cannot be resolved: ${reason}`,
    facts: { repo, revision, path, status: answer.status, url, reason },
    hint: 'The endpoint may not be a Hugging Face Hub, or a proxy in between drops its headers.',
  });
}
