import { isSha256, ModelkeepError, redactUrl } from '@modelkeep/core';
import type { FileToPlan } from './planned-files.ts';

/** @internal What the caller knows of the one file of a download. */
export interface ExpectedFileOptions {
  readonly sha256: string | null;
  /** With their queries. */
  readonly mirrors: readonly string[];
}

const MAX_MIRRORS = 100;

/** @internal @throws `core.invalid-argument` for what is no SHA-256 or no address */
export function readExpected(options: {
  readonly sha256?: string | null | undefined;
  readonly mirrors?: readonly string[] | undefined;
}): ExpectedFileOptions {
  const { sha256 = null, mirrors = [] } = options;
  if (sha256 !== null && !isSha256(sha256)) {
    throw invalid('sha256', `${JSON.stringify(sha256)} is no SHA-256`, 'give 64 characters of lower-case hex');
  }
  if (mirrors.length > MAX_MIRRORS)
    throw invalid('mirrors', 'there are too many mirrors', `give at most ${MAX_MIRRORS}`);
  return { sha256, mirrors: mirrors.map((mirror) => readMirror(mirror)) };
}

function readMirror(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['https:', 'http:'].includes(url.protocol) || url.username !== '' || url.password !== '') {
    const shown = JSON.stringify(redactUrl(text));
    throw invalid('mirrors', `${shown} is no address of a mirror`, 'give https addresses, without user and password');
  }
  url.hash = '';
  return url.href;
}

/**
 * @internal A file with what the caller expects of it.
 *
 * @throws `transfer.integrity` when its source says beforehand that it is another one; `core.invalid-argument` for mirrors
 * of a file whose SHA-256 nobody tells
 */
export function withExpected(
  file: FileToPlan,
  { sha256, mirrors, url: asked }: ExpectedFileOptions & { readonly url: string },
): FileToPlan {
  const url = redactUrl(asked);
  if (sha256 !== null && file.sha256 !== null && sha256 !== file.sha256) {
    throw new ModelkeepError('transfer.integrity', {
      message: `${file.path} from ${url} is not the file that was expected: sha256 ${file.sha256} instead of ${sha256}`,
      facts: { file: file.path, url, algorithm: 'sha256', expected: sha256, found: file.sha256 },
      hint: 'nothing was fetched: check the hash and the address',
    });
  }
  const known = sha256 ?? file.sha256;
  if (mirrors.length > 0 && known === null) {
    const hint = 'give the SHA-256 of the file: without one nobody can tell whether a mirror has the same';
    throw invalid('mirrors', `nobody tells the SHA-256 of ${file.path}`, hint);
  }
  return { ...file, sha256: known };
}

/** @internal @throws `core.invalid-argument` */
export function refuseSeveralFiles(argument: 'sha256' | 'mirrors', count: number): void {
  if (count === 1) return;
  throw invalid(argument, `the selection has ${count} files`, `name one file: ${argument} is that of a single one`);
}

function invalid(argument: 'sha256' | 'mirrors', message: string, hint: string): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', { message, facts: { argument }, hint });
}
