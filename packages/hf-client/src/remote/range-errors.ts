import { ModelkeepError, redactUrl, type ErrorFacts } from '@modelkeep/core';
import type { HttpAnswer } from '@modelkeep/network';

const SAID = {
  ignored: 'it sent the whole file where a part was asked for',
  'content-range': 'the part that it sent is not the one that was asked for',
  multipart: 'it sent several parts where one was asked for',
  'size-unknown': 'it does not tell the size of the file',
} as const;

/** The error of a server that cannot serve parts, or does it wrong. */
export function noRanges(
  { url, status }: HttpAnswer,
  reason: ErrorFacts['hub.no-ranges']['reason'],
): ModelkeepError<'hub.no-ranges'> {
  const shown = redactUrl(url);
  return new ModelkeepError('hub.no-ranges', {
    message: `${shown} cannot be read in parts: ${SAID[reason]}`,
    facts: { url: shown, status, reason },
    hint: 'Download the file, then read it from the disk.',
  });
}

/** The error of a file that is not the one that was opened. */
export function fileChanged(
  url: string,
  { expected, found }: { readonly expected: string; readonly found: string },
): ModelkeepError<'hub.file-changed'> {
  const shown = redactUrl(url);
  return new ModelkeepError('hub.file-changed', {
    message: `${shown} changed while it was read`,
    facts: { url: shown, expected, found },
    hint: 'Open it again; a commit in place of a branch never changes.',
  });
}

/** The error of a web page in place of a file: the log-in page of a network, mostly. */
export function webPage({ url, headers }: HttpAnswer): ModelkeepError<'network.body'> {
  const shown = redactUrl(url);
  return new ModelkeepError('network.body', {
    message: `${shown} answered with a web page in place of the file`,
    facts: { url: shown, reason: 'content-type', found: headers['content-type'] ?? '' },
    hint: 'Something between this machine and the server answers in its place: a log-in page of the network, or a proxy.',
  });
}
