import type { IncomingHttpHeaders } from 'node:http';
import { cdnEtag } from '../content/stored-file.ts';
import type { Answer } from '../http/answer.ts';
import { fileAnswer } from '../http/file-answer.ts';
import { cdnError, expiredUrlAnswer } from '../protocol/cdn-error.ts';
import type { UrlSigner } from '../protocol/signed-url.ts';
import type { RepoRegistry } from '../repo/repo-registry.ts';

/** A request to the CDN. */
export interface CdnRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly registry: RepoRegistry;
  readonly signer: UrlSigner;
}

/**
 * Serves an LFS file by its signed URL. A request that carries an Authorization header is refused, as the
 * storage refuses two ways of authorisation at once; the log then shows that a token leaked to this origin.
 */
export async function cdnRoute(request: CdnRequest): Promise<Answer> {
  const { headers, method, query } = request;
  if (method !== 'GET' && method !== 'HEAD') return cdnError(405, 'MethodNotAllowed', 'Only GET and HEAD');
  if (headers.authorization !== undefined) {
    return cdnError(403, 'AccessDenied', 'Only one auth mechanism is allowed');
  }
  const check = request.signer.check(request.path, query);
  if (check.state !== 'valid') {
    return check.state === 'expired' ? expiredUrlAnswer() : cdnError(403, 'AccessDenied', 'Access denied');
  }
  const history = await request.registry.findByObjectId(check.repoObjectId)?.history();
  const file = history?.objects.get(check.xetHash);
  if (file === undefined || file.lfs === null) return cdnError(404, 'NoSuchKey', 'The key does not exist');
  const disposition = query.get('response-content-disposition');
  return fileAnswer(
    {
      source: file.source,
      etag: cdnEtag(file.lfs),
      headers: {
        'content-type': 'application/octet-stream',
        'cache-control': 'public, max-age=31536000',
        ...(disposition === null || !/^[\x20-\x7e]*$/.test(disposition) ? {} : { 'content-disposition': disposition }),
      },
    },
    headers,
  );
}
