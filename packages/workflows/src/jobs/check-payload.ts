import { ModelkeepError, redactSecrets } from '@modelkeep/core';
import { readModelReference } from '../acquire/read-model-reference.ts';
import { libraryJobTypes, payloads, type LibraryJobType } from './payloads.ts';

/**
 * @internal A payload as it may be stored: a record of jobs is no place for secrets.
 *
 * @throws `core.invalid-argument` for what is not of the type, and for what may hold a secret; what
 * {@link readModelReference} throws
 */
export function checkPayload(type: LibraryJobType, payload: unknown, hubEndpoint: string): unknown {
  const schema = Object.hasOwn(payloads, type) ? payloads[type] : undefined;
  const read = schema?.safeParse(payload);
  if (read?.success !== true) throw noPayload(type, read?.error.issues[0]);
  const { data } = read;
  const reference = 'reference' in data ? data.reference : undefined;
  const kept = typeof reference === 'string' ? { ...data, reference: bareReference(reference, hubEndpoint) } : data;
  refuseSecrets(kept, 'payload');
  return kept;
}

/** What a site's own address needs of its query stays: numbers and words that the reader knows. The rest may be signed. */
function bareReference(text: string, hubEndpoint: string): string {
  const given = text.trim();
  // In the short forms a `?` is one of a path, which nobody can tell from a query.
  if (given.includes('?') && !/^https?:\/\//iu.test(given)) throw holdsSecret('payload.reference');
  const reference = readModelReference(given, hubEndpoint);
  if (reference.provider !== 'url') return given.includes('?') ? neededOf(given, hubEndpoint) : given;
  const url = new URL(reference.url);
  if (url.search !== '') throw holdsSecret('payload.reference');
  return url.href;
}

/** An address without what can be left out with the same meaning. */
function neededOf(address: string, hubEndpoint: string): string {
  const meaningOf = (url: URL): string => {
    try {
      return JSON.stringify(readModelReference(url.href, hubEndpoint));
    } catch {
      return 'none';
    }
  };
  const url = new URL(address);
  url.hash = '';
  const meaning = meaningOf(url);
  for (const name of new Set(url.searchParams.keys())) {
    const without = new URL(url);
    without.searchParams.delete(name);
    if (meaningOf(without) === meaning) url.searchParams.delete(name);
  }
  return url.href;
}

function refuseSecrets(value: unknown, argument: string): void {
  if (typeof value === 'string') {
    // Addresses that were looked at above may have a query of words and numbers.
    if (redactSecrets(value).includes('[redacted]') && !value.includes('[redacted]')) throw holdsSecret(argument);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value))
    refuseSecrets(inner, Array.isArray(value) ? argument : `${argument}.${name}`);
}

function holdsSecret(argument: string): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `${argument} of a job may hold a secret, such as the query of a signed address: jobs are stored, and secrets are not`,
    facts: { argument },
    hint: 'give tokens by library.tokens, and the address without its query; what needs its query is downloaded without a job',
  });
}

function noPayload(
  type: string,
  issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message:
      issue === undefined
        ? `there is no job type ${redactSecrets(type)}`
        : `the payload of a ${type} job is not as it should be: ${issue.path.join('.')} ${issue.message}`,
    facts: { argument: issue === undefined ? 'type' : 'payload' },
    hint: `types: ${libraryJobTypes.join(', ')}`,
  });
}
