import { ModelkeepError } from '@modelkeep/core';

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const BAD_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** Headers that belong to the connection and are set by the transport. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Lower-cases the names and refuses what would break the request. The values never show up in an error.
 *
 * @throws `core.invalid-argument`
 */
export function checkHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked = Object.create(null) as Record<string, string>;
  for (const [givenName, value] of Object.entries(headers)) {
    const name = givenName.toLowerCase();
    if (!NAME.test(name)) throw invalid('headers', 'A header name holds a character that is not allowed');
    if (CONNECTION_HEADERS.has(name)) throw invalid(`headers.${name}`, `The header ${name} is set by the connection`);
    checked[name] = checkHeaderValue(name, value);
  }
  return checked;
}

/**
 * Refuses a value that would break out of its header line.
 *
 * @throws `core.invalid-argument`
 */
export function checkHeaderValue(name: string, value: string): string {
  if (typeof value !== 'string' || BAD_VALUE.test(value)) {
    throw invalid(`headers.${name}`, `The value of the header ${name} holds a character that is not allowed`);
  }
  return value;
}

/** Whether a name and a value make one header line and nothing else. */
export function isPlainHeader(name: string, value: string): boolean {
  return NAME.test(name) && !BAD_VALUE.test(value);
}

function invalid(argument: string, message: string): ModelkeepError<'core.invalid-argument'> {
  return new ModelkeepError('core.invalid-argument', {
    message,
    facts: { argument },
    hint: 'Look for a line break at the end of a token that was read from a file.',
  });
}
