import { ModelkeepError, redactUrl } from '@modelkeep/core';
import type { FetchContext } from './fetch-context.ts';

/** @internal The bytes are not the ones that were promised. */
export function integrityError(
  { options, sources }: FetchContext,
  problem: { readonly algorithm: 'sha256' | 'git-sha1' | 'size'; readonly expected: string; readonly found: string },
): ModelkeepError<'transfer.integrity'> {
  const url = redactUrl(sources.current.url);
  const { algorithm, expected, found } = problem;
  return new ModelkeepError('transfer.integrity', {
    message: `${options.file} from ${url} is not the file that was promised: ${algorithm} ${found} instead of ${expected}`,
    facts: { file: options.file, url, ...problem },
    hint: 'nothing was published: try another source, or fetch it again when the source is repaired',
  });
}

/** @internal An answer that does not fit the request. */
export function badAnswer({ options, sources }: FetchContext, reason: string): ModelkeepError<'transfer.bad-answer'> {
  const url = redactUrl(sources.current.url);
  return new ModelkeepError('transfer.bad-answer', {
    message: `${url} answered with ${reason} instead of ${options.file}`,
    facts: { file: options.file, url, reason },
    hint: 'open the address in a browser: a network that wants a log-in, a proxy or a wrong address answers like this',
  });
}

/** @internal Another file is at the source now. */
export function sourceChanged({ options, sources }: FetchContext): ModelkeepError<'transfer.source-changed'> {
  const url = redactUrl(sources.current.url);
  return new ModelkeepError('transfer.source-changed', {
    message: `${options.file} changed at ${url} while it was fetched`,
    facts: { file: options.file, url },
    hint: 'ask for the list of files again and fetch what it names now; pin a commit where the source has them',
  });
}

/** @internal A status that is no file. */
export function statusError({ options, sources }: FetchContext, status: number): ModelkeepError<'network.status'> {
  const url = redactUrl(sources.current.url);
  return new ModelkeepError('network.status', {
    message: `${url} answered ${status} instead of ${options.file}`,
    facts: { url, status },
    hint:
      status === 401 || status === 403
        ? 'the source wants a token with access to this file'
        : 'check the address; when the server is overloaded, try again later',
  });
}

/** @internal The body ended before the file did. */
export function truncatedError({ sources }: FetchContext, bytes: { found: number; expected: number }): ModelkeepError {
  const url = redactUrl(sources.current.url);
  return new ModelkeepError('network.body', {
    message: `${url} sent ${bytes.found} of ${bytes.expected} bytes`,
    facts: { url, reason: 'truncated', found: `${bytes.found} of ${bytes.expected} bytes` },
  });
}
