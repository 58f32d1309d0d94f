import { ModelkeepError, redactUrl } from '@modelkeep/core';

/** The public hub. */
export const defaultEndpoint = 'https://huggingface.co';

/**
 * Checks the address of a hub and gives it back without a slash at the end. A mirror may live below a path.
 *
 * @throws `core.invalid-argument` for one that is not http or https, or has a user, password, query or fragment
 */
export function checkEndpoint(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const isPlain =
    url !== undefined &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.username + url.password + url.search + url.hash === '';
  if (!isPlain) {
    const found = redactUrl(endpoint);
    throw new ModelkeepError('core.invalid-argument', {
      message: `The endpoint ${found} is not a plain http or https URL`,
      facts: { argument: 'endpoint', found },
      hint: `Write something like ${defaultEndpoint}; a token goes into the HTTP client's credentialsFor.`,
    });
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
