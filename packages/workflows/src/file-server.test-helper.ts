import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a path of the server holds. */
export interface ServedFile {
  readonly content?: Uint8Array;
  /** Added to the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers a redirect in place of the content. */
  readonly location?: string;
  readonly status?: number;
  /** What HEAD is answered with. @default as GET */
  readonly headStatus?: number;
  readonly headHeaders?: Readonly<Record<string, string>>;
  /** Sends the size nowhere. */
  readonly isChunked?: boolean;
  /** Breaks the connection behind so many bytes of the file. */
  readonly breaksAtBytes?: number;
  readonly bytesPerSecond?: number;
}

/** A plain web server on loopback. */
export interface FileServer extends AsyncDisposable {
  readonly origin: string;
  readonly requests: { readonly method: string; readonly url: string; readonly headers: IncomingMessage['headers'] }[];
  /** By path; the query of a request means nothing to it. */
  readonly files: Map<string, ServedFile>;
}

export async function startFileServer(files: Readonly<Record<string, ServedFile>> = {}): Promise<FileServer> {
  const served = new Map(Object.entries(files));
  const requests: FileServer['requests'] = [];
  const server = createServer((request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    requests.push({ method, url, headers });
    const file = served.get(new URL(url, 'http://x').pathname);
    answer(file ?? { status: 404 }, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    files: served,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(file: ServedFile, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { content = new Uint8Array(), headers = {}, location, isChunked = false } = file;
  const isHead = request.method === 'HEAD';
  const status = (isHead ? file.headStatus : undefined) ?? file.status ?? (location === undefined ? 200 : 302);
  if (location !== undefined || status !== 200) {
    response.writeHead(status, { ...headers, ...(location === undefined ? {} : { location }) }).end();
    return;
  }
  const range = isChunked ? null : /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const matches = request.headers['if-range'] === undefined || request.headers['if-range'] === headers['etag'];
  const isPart = range !== null && matches;
  const start = isPart ? Number(range[1]) : 0;
  const end = isPart && range[2] !== '' ? Math.min(Number(range[2]) + 1, content.byteLength) : content.byteLength;
  response.writeHead(isPart ? 206 : 200, {
    'content-type': 'application/octet-stream',
    ...(isChunked ? {} : { 'content-length': String(end - start), 'accept-ranges': 'bytes' }),
    ...(isPart ? { 'content-range': `bytes ${start}-${end - 1}/${content.byteLength}` } : {}),
    ...headers,
    ...(isHead ? file.headHeaders : {}),
  });
  if (isHead) {
    response.end();
    return;
  }
  const chunkBytes = 256 * 1024;
  for (let at = start; at < end; at += chunkBytes) {
    if (response.destroyed) return;
    if (file.breaksAtBytes !== undefined && at >= file.breaksAtBytes) {
      response.destroy();
      return;
    }
    response.write(content.subarray(at, Math.min(end, at + chunkBytes)));
    if (file.bytesPerSecond !== undefined) await sleep((chunkBytes / file.bytesPerSecond) * 1_000);
  }
  response.end();
}
