import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { startServer, startTcpServer } from '../fixtures/test-server.ts';
import { bytesOf, get, testTransports } from '../fixtures/test-transports.ts';

const { transport, closeAll } = testTransports();
afterEach(closeAll);

describe('answers', () => {
  it('gives status, lower-case headers and the raw bytes, and keeps its connections', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, { 'X-Repo-Commit': 'abc', 'Set-Cookie': ['a=1', 'b=2'] });
      response.end('hello');
    });
    const subject = transport();
    for (let round = 0; round < 10; round += 1) {
      const response = await subject.send(get(`${server.origin}/a%20b?q=1`));
      expect(response.status).toBe(200);
      expect(response.headers['x-repo-commit']).toBe('abc');
      expect(response.headers['set-cookie']).toBe('a=1, b=2');
      expect((await bytesOf(response)).toString()).toBe('hello');
    }
    expect(server.requests[0]?.url).toBe('/a%20b?q=1');
    expect(server.connectionCount.value).toBeLessThanOrEqual(2);
  });

  it('neither follows a redirect nor decodes', async () => {
    const packed = gzipSync('packed');
    await using server = await startServer((request, response) => {
      if (request.url === '/redirect') response.writeHead(302, { location: '/packed' }).end();
      else response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
    });
    const subject = transport();
    const redirect = await subject.send(get(`${server.origin}/redirect`));
    expect([redirect.status, redirect.headers['location']]).toEqual([302, '/packed']);
    expect(await bytesOf(await subject.send(get(`${server.origin}/packed`)))).toEqual(packed);
  });

  it('sends a body and takes an answer without one', async () => {
    let received = '';
    await using server = await startServer((request, response) => {
      request.on('data', (chunk: Buffer) => {
        received += chunk.toString();
      });
      request.on('end', () => response.writeHead(204).end());
    });
    const subject = transport();
    const response = await subject.send({ ...get(server.origin), method: 'POST', body: '{"a":1}' });
    expect((await bytesOf(response)).byteLength).toBe(0);
    expect(received).toBe('{"a":1}');
    const head = await subject.send({ ...get(server.origin), method: 'HEAD' });
    expect(head.status).toBe(204);
  });

  it('skips early hints', async () => {
    await using server = await startServer((_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.end('late');
    });
    const response = await transport().send(get(server.origin));
    expect([response.status, (await bytesOf(response)).toString()]).toEqual([200, 'late']);
  });

  it('survives a header named __proto__', async () => {
    await using server = await startTcpServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n__proto__: x\r\ncontent-length: 0\r\n\r\n'));
    });
    const response = await transport().send(get(server.origin));
    expect(Object.keys(response.headers)).toContain('__proto__');
    expect(response.headers['constructor']).toBeUndefined();
  });

  it('stops reading from the socket while nobody reads, without calling that a timeout', async () => {
    const size = 64 * 1_048_576;
    let finished = false;
    await using server = await startServer((_request, response) => {
      response.on('finish', () => {
        finished = true;
      });
      response.end(Buffer.alloc(size, 7));
    });
    const response = await transport({ idleTimeoutMs: 1_000 }).send(get(server.origin));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(finished).toBe(false);
    expect((await bytesOf(response)).byteLength).toBe(size);
  });
});

it('imports nothing of undici before the first request, and then what it needs alone', async () => {
  const index = fileURLToPath(new URL('../index.ts', import.meta.url));
  const script = `
    import { createRequire } from 'node:module';
    import { createHttpClient } from ${JSON.stringify(index)};
    const { cache } = createRequire(${JSON.stringify(index)});
    const loaded = (part) => Object.keys(cache).some((path) => path.replaceAll('\\\\', '/').includes(part));
    const client = createHttpClient({ privateOrigins: 'all' });
    const before = loaded('undici');
    await client.request({ url: 'http://127.0.0.1:1/', retry: false }).catch(() => {});
    console.log(JSON.stringify([before, loaded('undici'), loaded('undici/index.js')]));`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=modelkeep-source',
    '--input-type=module',
    '--eval',
    script,
  ]);
  expect(JSON.parse(stdout)).toEqual([false, true, false]);
});
