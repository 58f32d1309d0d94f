import { afterAll, describe, expect, it } from 'vitest';
import { startServer, startTcpServer } from '../fixtures/test-server.ts';
import { bytesOf, get, testTransports } from '../fixtures/test-transports.ts';
import { watchBody } from './watch-body.ts';

const { transport, closeAll } = testTransports();
afterAll(closeAll);

describe('the end of a body, as our transport tells it', () => {
  it('needs no look at the chunks', async () => {
    await using server = await startServer((_request, response) => response.end('x'));
    const response = await transport().send(get(server.origin));
    const watched = watchBody(response);
    expect([watched.body === response.body, watched.ended === response.ended]).toEqual([true, true]);
    expect((await bytesOf(response)).toString()).toBe('x');
    expect(await watched.ended).toEqual({ kind: 'complete' });
  });

  it('is a failure when the connection breaks or nothing more comes', async () => {
    await using server = await startTcpServer((socket) =>
      socket.once('data', () =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx', () => setTimeout(() => socket.destroy(), 20)),
      ),
    );
    const broken = await transport().send(get(server.origin));
    await expect(bytesOf(broken)).rejects.toMatchObject({ code: 'network.connection' });
    expect(await broken.ended).toMatchObject({ kind: 'failed', error: { code: 'network.connection' } });
    await using silent = await startServer((_request, response) => void response.writeHead(200).write('x'));
    const stuck = await transport().send(get(silent.origin, { idleTimeoutMs: 20 }));
    await expect(bytesOf(stuck)).rejects.toMatchObject({ code: 'network.timeout' });
    expect(await stuck.ended).toMatchObject({ kind: 'failed', error: { code: 'network.timeout' } });
  });

  it('is nothing when the reader leaves or the request is aborted', async () => {
    await using server = await startServer((_request, response) => void response.writeHead(200).write('x'));
    const left = await transport().send(get(server.origin));
    for await (const chunk of left.body) if (chunk.byteLength > 0) break;
    expect(await left.ended).toEqual({ kind: 'left' });
    const controller = new AbortController();
    const aborted = await transport().send(get(server.origin, { signal: controller.signal }));
    controller.abort('enough');
    expect(await aborted.ended).toEqual({ kind: 'left' });
  });
});

describe('the end of a body that nobody tells', () => {
  it('is seen on its way, through to the reader', async () => {
    const iterator: AsyncIterator<Uint8Array> = { next: async () => ({ done: true, value: undefined }) };
    const { body, ended } = watchBody({ status: 200, headers: {}, body: { [Symbol.asyncIterator]: () => iterator } });
    expect(await body[Symbol.asyncIterator]().return?.()).toEqual({ done: true, value: undefined });
    expect(await ended).toEqual({ kind: 'left' });
  });
});
