import { ModelkeepError, redactSecrets, redactUrl } from '@modelkeep/core';
import { serverWaitMs, type HttpAnswer } from '@modelkeep/network';
import { pageUrl } from '../urls/hub-urls.ts';
import type { RepoType } from '../urls/repo-type.ts';

/** What was asked for when an answer came. */
export interface HubQuestion {
  readonly endpoint: string;
  /** Empty for a search and for an account. */
  readonly repo: string;
  readonly repoType?: RepoType | undefined;
  readonly revision?: string | undefined;
  readonly path?: string | undefined;
}

/** An answer that is no success, with its body where that is JSON. */
export interface HubFailure extends HttpAnswer {
  readonly value?: unknown;
}

const MAX_MESSAGE_CHARS = 300;
const BAD_TOKEN =
  /invalid credentials|(?:invalid|expired|revoked)[^.]{0,40}token|token[^.]{0,40}(?:invalid|expired|revoked)/i;

/**
 * Types a failure: by `X-Error-Code` first, since one status stands for several things, then by status and message.
 *
 * @returns an error `hub.*`; `network.rate-limited` for 429; `network.status` for a hub that is in trouble
 */
export function hubError(answer: HubFailure, question: HubQuestion): ModelkeepError {
  const { status, headers } = answer;
  const said = messageOf(answer);
  const code = headers['x-error-code'] ?? (status === 404 ? impliedCode(question) : undefined);
  const facts = {
    repo: question.repo,
    revision: question.revision,
    path: question.path,
    status,
    url: redactUrl(answer.url),
  };
  const subject = `${question.repo}${question.revision === undefined ? '' : ` at ${question.revision}`}`;

  if (status === 429) return rateLimited(answer);
  if (code === 'GatedRepo') return gated(facts, question);
  if (code === 'RepoNotFound') {
    return new ModelkeepError('hub.repo-not-found', {
      message: `There is no repo ${question.repo} at ${question.endpoint}, or no access to it`,
      facts,
      hint: 'Check the spelling. A private repo needs a token that can read it.',
    });
  }
  if (code === 'RevisionNotFound') {
    return new ModelkeepError('hub.revision-not-found', {
      message: `${question.repo} has no revision ${question.revision ?? 'main'}`,
      facts,
      hint: 'Name a branch, a tag, a reference such as refs/pr/1, or a full commit id.',
    });
  }
  if (code === 'EntryNotFound') {
    return new ModelkeepError('hub.entry-not-found', {
      message: `${subject} holds no ${question.path ?? 'such file'}`,
      facts,
      hint: `See what is there at ${pageUrl(question.endpoint, question)}/tree/main`,
    });
  }
  if (status === 401) return unauthorised(facts, question, said);
  if (status === 403 && /\bdisabled\b/i.test(said)) {
    return new ModelkeepError('hub.disabled', { message: `${question.repo} was disabled: ${said}`, facts });
  }
  if (status >= 500 || question.repo === '') {
    return new ModelkeepError('network.status', {
      message: `${facts.url} answered ${status}${said === '' ? '' : `: ${said}`}`,
      facts: { url: facts.url, status, body: said },
      hint: status >= 500 ? 'The hub is in trouble. Try again later.' : undefined,
    });
  }
  return new ModelkeepError('hub.unexpected', {
    message: `${facts.url} answered ${status}${said === '' ? '' : `: ${said}`}`,
    facts: { ...facts, reason: said === '' ? `status ${status}` : said },
    hint: status === 403 ? 'The token may lack the permission for this.' : undefined,
  });
}

type Facts = Readonly<{
  repo: string;
  revision: string | undefined;
  path: string | undefined;
  status: number;
  url: string;
}>;

function gated(facts: Facts, question: HubQuestion): ModelkeepError<'hub.gated'> {
  const { repo } = question;
  const acceptUrl = pageUrl(question.endpoint, question);
  const authenticated = facts.status !== 401;
  return new ModelkeepError('hub.gated', {
    message: `${repo} asks people to accept its conditions first`,
    facts: { ...facts, acceptUrl, authenticated },
    hint: authenticated
      ? `Accept the conditions at ${acceptUrl} with the account of this token; its owners may have to approve that.`
      : `Log in, accept the conditions at ${acceptUrl}, and pass a token of that account.`,
  });
}

function unauthorised(facts: Facts, question: HubQuestion, said: string): ModelkeepError<'hub.unauthorised'> {
  const { endpoint, repo } = question;
  if (BAD_TOKEN.test(said)) {
    return new ModelkeepError('hub.unauthorised', {
      message: `${endpoint} refuses the token`,
      facts: { ...facts, reason: 'bad-token' },
      hint: `The token is wrong, expired or revoked: make another at ${endpoint}/settings/tokens`,
    });
  }
  return new ModelkeepError('hub.unauthorised', {
    message: repo === '' ? `${facts.url} wants a token` : `${repo} does not exist, or cannot be read without a token`,
    facts: { ...facts, reason: 'missing-token' },
    hint:
      repo === ''
        ? `Make a token at ${endpoint}/settings/tokens and pass it.`
        : 'Check the spelling. A private repo needs a token that can read it.',
  });
}

function rateLimited(answer: HubFailure): ModelkeepError<'network.rate-limited'> {
  const retryAfterMs = serverWaitMs(answer.headers, Date.now()) ?? 0;
  const url = redactUrl(answer.url);
  return new ModelkeepError('network.rate-limited', {
    message: `${url} has answered as often as it does for now`,
    facts: { url, retryAfterMs },
    hint: 'Try again later. A token raises the limits.',
  });
}

/** What a 404 without a code most likely means: the most special thing that was asked for is not there. */
function impliedCode({ path, repo, revision }: HubQuestion): string | undefined {
  if (path !== undefined) return 'EntryNotFound';
  if (revision !== undefined) return 'RevisionNotFound';
  return repo === '' ? undefined : 'RepoNotFound';
}

/** The hub's own words, which may come from anybody: one line, short, without secrets. */
function messageOf({ headers, value }: HubFailure): string {
  const inBody = typeof value === 'object' && value !== null && 'error' in value ? value.error : undefined;
  const text = headers['x-error-message'] ?? (typeof inBody === 'string' ? inBody : '');
  const line = text.slice(0, MAX_MESSAGE_CHARS).replaceAll(/\p{C}+/gu, ' ');
  return redactSecrets(line).trim();
}
