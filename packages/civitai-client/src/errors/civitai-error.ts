import { ModelkeepError, redactSecrets, redactUrl } from '@modelkeep/core';
import { serverWaitMs, type HttpAnswer } from '@modelkeep/network';

/** What was asked for when an answer came. */
export interface CivitaiQuestion {
  readonly what: 'model' | 'version' | 'file' | 'list';
  readonly id: number | null;
}

/** An answer that is no success, with its body where that is JSON. */
export interface CivitaiFailure extends HttpAnswer {
  readonly value?: unknown;
}

const MAX_MESSAGE_CHARS = 300;

/** Types a failure. @returns `civitai.*`; `network.rate-limited` for 429; `network.status` for a site that is in trouble */
export function civitaiError(answer: CivitaiFailure, { what, id }: CivitaiQuestion): ModelkeepError {
  const { status } = answer;
  const url = redactUrl(answer.url);
  const said = saidIn(answer.value);
  const subject = id === null ? `the ${what}` : `the ${what} ${id}`;
  const facts = { status, url };
  if (status === 429) {
    return new ModelkeepError('network.rate-limited', {
      message: `${url} has answered as often as it does for now`,
      facts: { url, retryAfterMs: serverWaitMs(answer.headers, Date.now()) ?? 0 },
      hint: 'Try again later. An API key raises the limits.',
    });
  }
  if (status === 404) {
    return new ModelkeepError('civitai.not-found', {
      message: `Civitai has not, or no longer, ${subject}`,
      facts: { ...facts, what, id },
      hint: 'Check the number. What its maker has withdrawn is not found either.',
    });
  }
  if (status === 410) {
    return new ModelkeepError('civitai.removed', {
      message: `${subject} was archived on Civitai: its files are gone`,
      facts: { ...facts, what: what === 'list' ? 'model' : what, id, state: 'archived' },
    });
  }
  if (status === 401) {
    return new ModelkeepError('civitai.unauthorised', {
      message: `${url} wants an API key, or refuses the one that was sent`,
      facts,
      hint: 'Make an API key in the settings of your account on Civitai and pass it (CIVITAI_API_KEY).',
    });
  }
  if (status === 403) {
    return new ModelkeepError('civitai.forbidden', {
      message: `the account of the API key may not have ${subject}${said === '' ? '' : `: ${said}`}`,
      facts: { ...facts, reason: said === '' ? 'no access' : said },
    });
  }
  if (status >= 500) {
    return new ModelkeepError('network.status', {
      message: `${url} answered ${status}${said === '' ? '' : `: ${said}`}`,
      facts: { url, status, body: said },
      hint: 'The site is in trouble. Try again later.',
    });
  }
  return new ModelkeepError('civitai.unexpected', {
    message: `${url} answered ${status}${said === '' ? '' : `: ${said}`}`,
    facts: { ...facts, reason: said === '' ? `status ${status}` : said },
  });
}

/** The site's own words, which may come from anybody: one line, short, without secrets. */
export function saidIn(value: unknown): string {
  const isObject = typeof value === 'object' && value !== null;
  const error = isObject && 'error' in value ? value.error : isObject && 'message' in value ? value.message : '';
  const text = typeof error === 'string' ? error : '';
  return redactSecrets(text.slice(0, MAX_MESSAGE_CHARS).replaceAll(/\p{C}+/gu, ' ')).trim();
}
