import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Answer } from './answer.ts';

/** The same answer compressed while it is sent: chunked, without a length, with a weak ETag. */
export function gzipAnswer(answer: Answer): Answer {
  const { body, range: _range, file: _file, ...rest } = answer;
  if (body === null) return answer;
  const { 'accept-ranges': _acceptRanges, 'content-length': _length, etag, ...headers } = answer.headers;
  return {
    ...rest,
    headers: { ...headers, 'content-encoding': 'gzip', ...(etag === undefined ? {} : { etag: `W/${etag}` }) },
    body: { sizeBytes: null, chunks: () => Readable.from(body.chunks()).compose(createGzip()) },
  };
}

/** Whether an Accept-Encoding header lists gzip without refusing it. */
export function acceptsGzip(header: string | string[] | undefined): boolean {
  const codings = [header ?? []].flat().join(',').toLowerCase().split(',');
  return codings.some((coding) => {
    const [name = '', ...parameters] = coding.split(';').map((part) => part.trim());
    return (name === 'gzip' || name === '*') && !parameters.some((part) => /^q=0(?:\.0*)?$/.test(part));
  });
}
