import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { startServer, startTcpServer, until } from '../fixtures/test-server.ts';
import { bytesOf, get, testTransports } from '../fixtures/test-transports.ts';

const { transport, closeAll } = testTransports();
afterEach(closeAll);

describe('abort', () => {
  const reason = { why: 'not even an Error' };

  it('throws the reason untouched when it is aborted before', async () => {
    await expect(transport().send(get('http://127.0.0.1:9', { signal: AbortSignal.abort(reason) }))).rejects.toBe(
      reason,
    );
  });

  it('rejects at once while it connects, and destroys the half-open socket', async () => {
    let open = 0;
    await using server = await startTcpServer((socket) => {
      open += 1;
      socket.on('close', () => {
        open -= 1;
      });
    });
    const controller = new AbortController();
    const sent = transport().send(get(server.origin.replace('http:', 'https:'), { signal: controller.signal }));
    const outcome = expect(sent).rejects.toBe(reason);
    await until(() => open === 1);
    controller.abort(reason);
    await outcome;
    await until(() => open === 0);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  it('leaves the other requests that connect to the same origin alone', async () => {
    await using server = await startServer((_request, response) => response.end('ok'));
    const controller = new AbortController();
    const subject = transport();
    await bytesOf(await subject.send(get(`${server.origin}/warm-up`)));
    const aborted = expect(subject.send(get(server.origin, { signal: controller.signal }))).rejects.toBe(reason);
    const kept = subject.send(get(server.origin));
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    controller.abort(reason);
    await aborted;
    expect((await bytesOf(await kept)).toString()).toBe('ok');
  });

  it('rejects while it waits for headers and in the middle of a body', async () => {
    await using server = await startServer((request, response) => {
      if (request.url !== '/body') return;
      response.writeHead(200, { 'content-length': 100 });
      response.write('12345');
    });
    const controller = new AbortController();
    const subject = transport();
    const body = (await subject.send(get(`${server.origin}/body`, { signal: controller.signal }))).body;
    const iterator = body[Symbol.asyncIterator]();
    await iterator.next();
    const waiting = expect(iterator.next()).rejects.toBe(reason);
    const pending = expect(subject.send(get(server.origin, { signal: controller.signal }))).rejects.toBe(reason);
    await until(() => server.requests.length === 2);
    controller.abort(reason);
    await Promise.all([waiting, pending]);
    await until(() => server.openConnections() === 0);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  it('throws the reason, not buffered bytes, to a reader that comes after the abort', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('12345');
    });
    const controller = new AbortController();
    const { body } = await transport().send(get(server.origin, { signal: controller.signal }));
    controller.abort(reason);
    await expect(body[Symbol.asyncIterator]().next()).rejects.toBe(reason);
  });
});

describe('ends', () => {
  it('removes its listener and keeps the connection after a body that was read', async () => {
    await using server = await startServer((_request, response) => response.end('x'));
    const controller = new AbortController();
    await bytesOf(await transport().send(get(server.origin, { signal: controller.signal })));
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    expect(server.openConnections()).toBe(1);
  });

  it('destroys the connection when a loop over the body is left early', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write('12345');
    });
    const controller = new AbortController();
    const { body } = await transport().send(get(server.origin, { signal: controller.signal }));
    for await (const chunk of body) {
      expect(chunk.byteLength).toBe(5);
      break;
    }
    await until(() => server.openConnections() === 0);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  it('ends what is under way when it is closed', async () => {
    await using server = await startServer(() => {});
    await using silent = await startTcpServer(() => {});
    const subject = transport();
    const waiting = caught('core.closed', subject.send(get(server.origin)));
    const connecting = caught('core.closed', subject.send(get(silent.origin.replace('http:', 'https:'))));
    await until(() => server.requests.length === 1);
    await subject.close();
    await Promise.all([waiting, connecting]);
    await until(() => server.openConnections() === 0);
    await caught('core.closed', subject.send(get(server.origin)));
  });

  it('can be closed before it was used, and closes at once when the first request is on its way', async () => {
    const subject = transport();
    const sent = caught('core.closed', subject.send(get('http://127.0.0.1:9')));
    await subject.close();
    await sent;
  });
});
