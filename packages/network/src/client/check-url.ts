import { ModelkeepError, redactUrl } from '@modelkeep/core';

/**
 * Parses the URL of a request; the fragment is left out.
 *
 * @throws `core.invalid-argument` for one that is not absolute, not http or https, or carries a user or password
 */
export function checkUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw invalid(text, 'is not an absolute http or https URL');
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid(text, 'carries a user or password: those belong to credentialsFor');
  }
  url.hash = '';
  return url;
}

function invalid(text: string, problem: string): ModelkeepError<'core.invalid-argument'> {
  const found = redactUrl(text);
  return new ModelkeepError('core.invalid-argument', {
    message: `The URL ${found} ${problem}`,
    facts: { argument: 'url', found },
  });
}
