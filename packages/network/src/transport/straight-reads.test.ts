import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { HttpResponse } from '@modelkeep/core';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCertificates } from '../fixtures/test-certificates.ts';
import { createReadBuffers } from './read-buffers.ts';
import { readStraight } from './straight-reads.ts';
import { createUndiciTransport, type UndiciTransport } from './undici-transport.ts';

const MIB = 1024 * 1024;
/** Large enough for the straight way. */
const content = randomBytes(40 * MIB + 7);

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** Sends an answer over a socket, byte for byte as it says. */
type Answer = (socket: Socket) => void;

interface Scene {
  readonly url: string;
  readonly transport: UndiciTransport;
  /** Connections that were made. */
  readonly connections: () => number;
}

async function serve(answer: Answer, scheme: 'http' | 'https' = 'http'): Promise<Scene> {
  const { server: pair, authority } = await makeCertificates();
  const sockets = new Set<Socket>();
  const onConnection = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (request: Buffer) => {
      if (request.toString('latin1').endsWith('\r\n\r\n')) answer(socket);
    });
  };
  const server: Server = scheme === 'http' ? createServer(onConnection) : createTlsServer(pair, onConnection);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const transport = createUndiciTransport({ certificateAuthorities: [authority], idleTimeoutMs: 5_000 });
  closing.push(
    () => new Promise((resolve) => server.close(resolve)),
    async () => {
      for (const socket of sockets) socket.destroy();
    },
    () => transport.close(),
  );
  const { port } = server.address() as AddressInfo;
  return { url: `${scheme}://127.0.0.1:${port}/`, transport, connections: () => sockets.size };
}

function get({ transport, url }: Scene, signal?: AbortSignal): Promise<HttpResponse> {
  return transport.send({ method: 'GET', url, headers: {}, signal, http2: false, privateAddresses: 'allow' });
}

const head = (extra = ''): string => `HTTP/1.1 200 OK\r\ncontent-length: ${content.byteLength}\r\n${extra}\r\n`;

interface Taken {
  readonly bytes: number;
  readonly chunks: number;
  readonly memories: number;
  readonly error: unknown;
}

/** Reads a body to its end and compares it with what was to come. */
async function take({ body, giveBack }: HttpResponse): Promise<Taken> {
  let bytes = 0;
  let chunks = 0;
  const memories = new Set<ArrayBufferLike>();
  try {
    for await (const chunk of body) {
      expect(Buffer.compare(chunk, content.subarray(bytes, bytes + chunk.byteLength))).toBe(0);
      bytes += chunk.byteLength;
      chunks += 1;
      memories.add(chunk.buffer);
      giveBack?.(chunk);
    }
    return { bytes, chunks, memories: memories.size, error: undefined };
  } catch (error) {
    return { bytes, chunks, memories: memories.size, error };
  }
}

describe.each(['http', 'https'] as const)('a large body over %s', (scheme) => {
  it('comes in large chunks of memory that is used again', async () => {
    const scene = await serve((socket) => socket.write(Buffer.concat([Buffer.from(head()), content])), scheme);
    const taken = await take(await get(scene));
    expect(taken).toMatchObject({ bytes: content.byteLength, error: undefined });
    expect(taken.memories).toBeLessThan(taken.chunks);
    // Through a stream it would be one for each 64 KiB.
    expect(taken.chunks).toBeLessThan(content.byteLength / MIB + 40);
  });

  it('that nobody reads is not taken into memory, and goes on where it was', async () => {
    const scene = await serve((socket) => socket.write(Buffer.concat([Buffer.from(head()), content])), scheme);
    const { body, giveBack } = await get(scene);
    const iterator = body[Symbol.asyncIterator]();
    const before = process.memoryUsage().arrayBuffers;
    let bytes = 0;
    for (let read = 0; read < 6; read += 1) {
      const { value } = await iterator.next();
      bytes += value?.byteLength ?? 0;
      if (value !== undefined) giveBack?.(value);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * MIB);
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      expect(Buffer.compare(next.value, content.subarray(bytes, bytes + next.value.byteLength))).toBe(0);
      bytes += next.value.byteLength;
      giveBack?.(next.value);
    }
    expect(bytes).toBe(content.byteLength);
  });
});

describe('several large bodies', () => {
  it('share the memory that each gathers at once', () => {
    const readBuffers = createReadBuffers();
    const open = (): { feed: () => number; close: () => void } => {
      const socket = {} as Socket;
      let memoryBytes = 0;
      const straight = readStraight({
        socket,
        readBuffers,
        missingBytes: 1024 * MIB,
        onRead: () => {},
        onChunk: (chunk) => {
          memoryBytes = chunk.buffer.byteLength;
          readBuffers.giveBack(chunk);
        },
        onEnd: () => {},
      });
      const feed = (): number => {
        // As much as makes four of the largest memories.
        for (let read = 0; read < 64; read += 1) {
          const memory = readBuffers.onread.buffer();
          readBuffers.onread.callback.call(socket, Math.min(memory.byteLength, 64 * 1024), memory);
        }
        return memoryBytes;
      };
      return { feed, close: () => straight.close() };
    };
    const alone = open();
    expect(alone.feed()).toBe(MIB);
    const others = [open(), open(), open()];
    expect([alone, ...others].map(({ feed }) => feed())).toEqual([MIB / 4, MIB / 4, MIB / 4, MIB / 4]);
    const many = Array.from({ length: 60 }, open);
    expect([alone, ...many].map(({ feed }) => feed())).toEqual(Array.from({ length: 61 }, () => MIB / 8));
    for (const other of [...others, ...many]) other.close();
    expect(alone.feed()).toBe(MIB);
    alone.close();
  });
});

describe('what goes wrong on the straight way', () => {
  const most = content.subarray(0, 38 * MIB);

  it.each([
    ['closes', 'connection: keep-alive\r\n', (socket: Socket) => socket.end()],
    ['closes, as it had announced', 'connection: close\r\n', (socket: Socket) => socket.end()],
    ['is reset', '', (socket: Socket) => socket.resetAndDestroy()],
  ])('a connection that %s early: the bytes that came, then an error', async (_how, extra, leave) => {
    const scene = await serve((socket) => {
      socket.write(Buffer.concat([Buffer.from(head(extra)), most]), () => setTimeout(() => leave(socket), 50));
    });
    const answer = await get(scene);
    const { bytes, error } = await take(answer);
    expect(bytes).toBeLessThanOrEqual(most.byteLength);
    expect(error).toMatchObject({ code: 'network.connection' });
    if (leave !== undefined && !_how.includes('reset')) expect(bytes).toBe(most.byteLength);
    expect(await answer.ended).toMatchObject({ kind: 'failed' });
  });

  it('bytes behind the end are cut off, and their connection is not used again', async () => {
    const scene = await serve((socket) => {
      socket.write(Buffer.concat([Buffer.from(head()), content, randomBytes(3 * MIB)]));
    });
    for (let round = 1; round <= 2; round += 1) {
      const answer = await get(scene);
      expect(await take(answer)).toMatchObject({ bytes: content.byteLength, error: undefined });
      expect(await answer.ended).toEqual({ kind: 'complete' });
      expect(scene.connections()).toBe(round);
    }
  });

  it('a server that falls silent is a timeout, with what came before it', async () => {
    const scene = await serve((socket) => socket.write(Buffer.concat([Buffer.from(head()), most])));
    const { transport, url } = scene;
    const answer = await transport.send({
      method: 'GET',
      url,
      headers: {},
      http2: false,
      privateAddresses: 'allow',
      idleTimeoutMs: 1_000,
    });
    const { bytes, error } = await take(answer);
    expect(bytes).toBe(most.byteLength);
    expect(error).toMatchObject({ code: 'network.timeout', facts: { phase: 'idle' } });
  });

  it('an abort ends it at once with the reason, and the connection with it', async () => {
    const closed = Promise.withResolvers<void>();
    const scene = await serve((socket) => {
      socket.on('close', () => closed.resolve());
      socket.write(Buffer.concat([Buffer.from(head()), most]));
    });
    const abort = new AbortController();
    const reason = new Error('enough');
    const { body, giveBack } = await get(scene, abort.signal);
    let chunks = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of body) {
        chunks += 1;
        giveBack?.(chunk);
        if (chunks === 5) abort.abort(reason);
      }
    };
    await expect(read()).rejects.toBe(reason);
    expect(chunks).toBe(5);
    await closed.promise;
  });

  it('a reader that leaves early lets go of the connection', async () => {
    const closed = Promise.withResolvers<void>();
    const scene = await serve((socket) => {
      socket.on('close', () => closed.resolve());
      socket.write(Buffer.concat([Buffer.from(head()), most]));
    });
    const answer = await get(scene);
    let chunks = 0;
    for await (const chunk of answer.body) {
      answer.giveBack?.(chunk);
      chunks += 1;
      if (chunks === 5) break;
    }
    await closed.promise;
    expect(await answer.ended).toEqual({ kind: 'left' });
  });

  it('bytes that trickle in are given out without waiting for a full chunk', async () => {
    const scene = await serve((socket) => {
      socket.write(head());
      let at = 0;
      const next = (): void => {
        socket.write(content.subarray(at, (at += 20_000)));
        if (at < 2_000_000) setTimeout(next, 1);
      };
      next();
    });
    const { body, giveBack } = await get(scene);
    let bytes = 0;
    for await (const chunk of body) {
      expect(Buffer.compare(chunk, content.subarray(bytes, bytes + chunk.byteLength))).toBe(0);
      bytes += chunk.byteLength;
      giveBack?.(chunk);
      if (bytes >= 2_000_000) break;
    }
    expect(bytes).toBe(2_000_000);
  });
});
