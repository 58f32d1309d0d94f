/** Serves the files of a folder, ranges too: what stands in for nginx where that is not installed. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { firstMessage } from './first-message.ts';

const { root } = (await firstMessage()) as { readonly root: string };

const server = createServer((request, response) => {
  const path = join(root, new URL(request.url ?? '/', 'http://localhost').pathname);
  const answer = async (): Promise<void> => {
    const { size, mtimeMs } = await stat(path);
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const start = Number(from ?? 0);
    const end = to === undefined || to === '' ? size - 1 : Math.min(Number(to), size - 1);
    response.writeHead(from === undefined ? 200 : 206, {
      'content-type': 'application/octet-stream',
      'content-length': end - start + 1,
      'accept-ranges': 'bytes',
      etag: `"${mtimeMs}-${size}"`,
      ...(from === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
    });
    if (request.method === 'HEAD') response.end();
    else createReadStream(path, { start, end, highWaterMark: 1_048_576 }).pipe(response);
  };
  answer().catch(() => response.writeHead(404).end());
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.on('disconnect', () => {
  server.close();
  server.closeAllConnections();
});
