import { afterEach, describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { startServer, startTcpServer, until } from '../fixtures/test-server.ts';
import { bytesOf, get, testTransports } from '../fixtures/test-transports.ts';

const { transport, closeAll } = testTransports();
afterEach(closeAll);

describe('timeouts', () => {
  it('names the phase connect when TLS does not get ready, and leaves no connection behind', async () => {
    let open = 0;
    await using server = await startTcpServer((socket) => {
      open += 1;
      socket.on('close', () => {
        open -= 1;
      });
    });
    const url = server.origin.replace('http:', 'https:');
    const error = await caught('network.timeout', transport().send(get(url, { connectTimeoutMs: 50 })));
    expect(error.facts).toEqual({ url: `${url}/`, phase: 'connect', timeoutMs: 50 });
    await until(() => open === 0);
  });

  it('names the phase headers', async () => {
    await using server = await startServer(() => {});
    const error = await caught('network.timeout', transport({ headersTimeoutMs: 50 }).send(get(server.origin)));
    expect(error.facts).toMatchObject({ phase: 'headers', timeoutMs: 50 });
    await until(() => server.openConnections() === 0);
  });

  it('names the phase idle, after the bytes that came', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('12345');
    });
    const response = await transport().send(get(server.origin, { idleTimeoutMs: 50 }));
    const iterator = response.body[Symbol.asyncIterator]();
    expect(Buffer.from((await iterator.next()).value as Uint8Array).toString()).toBe('12345');
    const error = await caught('network.timeout', iterator.next());
    expect(error.facts).toMatchObject({ phase: 'idle', timeoutMs: 50 });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    await until(() => server.openConnections() === 0);
  });
});

describe('the minimum rate', () => {
  const drip = (everyMs: number): ReturnType<typeof startServer> =>
    startServer((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      const timer = setInterval(() => response.write('1234567890'), everyMs);
      response.on('close', () => clearInterval(timer));
    });

  it('ends a body that comes in too slowly, though it is never silent for long', async () => {
    await using server = await drip(10);
    const minimumRate = { bytesPerSecond: 10_000, windowMs: 200 };
    const { body } = await transport().send(get(server.origin, { idleTimeoutMs: 5_000, minimumRate }));
    let received = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of body) received += chunk.byteLength;
    };
    const error = await caught('network.timeout', read());
    expect(error.facts).toMatchObject({ phase: 'rate', timeoutMs: 200 });
    expect(received).toBeGreaterThan(0);
    await until(() => server.openConnections() === 0);
  });

  it('lets a slow reader take its time', async () => {
    const size = 8 * 1_048_576;
    await using server = await startServer((_request, response) => response.end(Buffer.alloc(size, 7)));
    const minimumRate = { bytesPerSecond: 20_000_000, windowMs: 400 };
    const { body } = await transport({ minimumRate }).send(get(server.origin));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const iterator = body[Symbol.asyncIterator]();
    expect((await iterator.next()).done).toBe(false);
    await iterator.return?.();
  });

  it('does not count the time until the headers are there', async () => {
    await using server = await startServer((_request, response) => {
      setTimeout(() => response.end('late'), 200);
    });
    const response = await transport({ minimumRate: { bytesPerSecond: 1, windowMs: 50 } }).send(get(server.origin));
    expect((await bytesOf(response)).toString()).toBe('late');
  });
});

describe('the total time', () => {
  it('ends an exchange in any phase', async () => {
    await using server = await startServer((request, response) => {
      if (request.url !== '/body') return;
      const timer = setInterval(() => response.write('12345'), 10);
      response.on('close', () => clearInterval(timer));
    });
    const silent = await caught('network.timeout', transport({ totalTimeoutMs: 60 }).send(get(server.origin)));
    expect(silent.facts).toMatchObject({ phase: 'total', timeoutMs: 60 });
    const response = await transport().send(get(`${server.origin}/body`, { totalTimeoutMs: 100 }));
    expect((await caught('network.timeout', bytesOf(response))).facts.phase).toBe('total');
    await until(() => server.openConnections() === 0);
  });
});

describe('broken connections', () => {
  it('gives the system code of a refused connection', async () => {
    const server = await startTcpServer(() => {});
    await server[Symbol.asyncDispose]();
    const error = await caught('network.connection', transport().send(get(`${server.origin}/x?secret=1`)));
    expect(error.facts.systemCode).toBe('ECONNREFUSED');
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  it.each([
    ['ends without an answer', (): string => ''],
    ['speaks no HTTP', (): string => 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['answers with headers that do not end', (): string => `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`],
  ])('types a server that %s', async (_name, answer) => {
    await using server = await startTcpServer((socket) => {
      socket.once('data', () => socket.end(answer()));
    });
    await caught('network.connection', transport().send(get(server.origin)));
  });

  it.each([
    ['content-length: 10\r\n\r\n12345', 'a body cut short'],
    ['transfer-encoding: chunked\r\n\r\n5\r\n12345\r\n', 'chunks without an end'],
  ])('gives the bytes and then the error for %j (%s)', async (rest) => {
    await using server = await startTcpServer((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\n${rest}`));
    });
    const response = await transport().send(get(server.origin));
    let received = '';
    const read = async (): Promise<void> => {
      for await (const chunk of response.body) received += Buffer.from(chunk).toString();
    };
    await caught('network.connection', read());
    expect(received).toBe('12345');
  });

  it('refuses a URL that undici cannot send', async () => {
    await caught('core.invalid-argument', transport().send(get('http://127.0.0.1', { headers: { 'a b': '1' } })));
  });
});
