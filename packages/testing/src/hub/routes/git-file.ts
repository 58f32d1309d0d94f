import type { Answer } from '../http/answer.ts';
import { fileAnswer } from '../http/file-answer.ts';
import { acceptsGzip, gzipAnswer } from '../http/gzip-answer.ts';
import type { SnapshotFile } from '../repo/snapshot.ts';
import type { HubRequest } from './hub-request.ts';

/** The last segment of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A Content-Disposition that names a file in ASCII and in UTF-8. */
function contentDisposition(name: string): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\]/g, '?');
  return `inline; filename*=UTF-8''${encodeURIComponent(name.toWellFormed())}; filename="${ascii}";`;
}

function compresses({ behaviour, headers }: HubRequest): boolean {
  const accepted = headers['accept-encoding'];
  if (behaviour.gzip === 'never') return false;
  if (acceptsGzip(accepted)) return true;
  return behaviour.gzip === 'unless-identity' && accepted === undefined;
}

/** The bytes of a file that lives in git, compressed where the client allows it. */
export function gitFileAnswer(request: HubRequest, file: SnapshotFile, commit: string): Answer {
  const isText = /\.(?:json|txt|md|ya?ml|jinja|py)$|(?:^|\/)\.gitattributes$/i.test(file.path);
  const answer = fileAnswer(
    {
      source: file.source,
      etag: `"${file.gitSha1}"`,
      headers: {
        'content-type': isText ? 'text/plain; charset=utf-8' : 'application/octet-stream',
        'content-disposition': contentDisposition(baseName(file.path)),
        'x-repo-commit': commit,
        vary: 'Accept-Encoding',
      },
    },
    request.headers,
  );
  return answer.status === 200 && compresses(request) ? gzipAnswer(answer) : answer;
}
