import { randomBytes } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sha256Of } from '../fixtures/workbench.test-helper.ts';

/** One file of a {@link FileServer}. */
export interface ServedFile {
  readonly url: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** What the server does with the requests for one file. */
export interface ServedBehaviour {
  /** Bytes of each answer's body after which it waits until {@link FileServer.release}. */
  readonly holdAfterBytes?: number;
  /** Answered instead of the file. */
  readonly status?: number;
}

/** A server for many files, which can hold its answers back. */
export interface FileServer extends AsyncDisposable {
  /** Adds a file of random bytes. */
  file(name: string, sizeBytes: number, behaviour?: ServedBehaviour): ServedFile;
  /** The names that were asked for, in order. */
  readonly asked: readonly string[];
  /** Names and the first byte that was asked for. */
  readonly offsets: readonly (readonly [string, number])[];
  /** Names whose answers wait now. */
  readonly held: readonly string[];
  /** Sends what was held back, of one file or of all, and holds nothing of it any more. */
  release(name?: string): void;
}

interface Entry {
  readonly bytes: Uint8Array;
  behaviour: ServedBehaviour;
}

export async function startFileServer(): Promise<FileServer> {
  const files = new Map<string, Entry>();
  const asked: string[] = [];
  const offsets: (readonly [string, number])[] = [];
  const held = new Map<ServerResponse, { readonly name: string; readonly send: () => void }>();

  const server = createServer((request, response) => {
    const name = (request.url ?? '').slice(1);
    const entry = files.get(name);
    asked.push(name);
    const status = entry?.behaviour.status ?? (entry === undefined ? 404 : 200);
    if (entry === undefined || status !== 200) {
      response.writeHead(status).end();
      return;
    }
    const { bytes, behaviour } = entry;
    const etag = `"${sha256Of(bytes)}"`;
    const holds = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
    const [, first, last] = (holds ? /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') : null) ?? [];
    const start = Number(first ?? 0);
    const end = last === undefined || last === '' ? bytes.byteLength : Math.min(bytes.byteLength, Number(last) + 1);
    offsets.push([name, start]);
    const body = bytes.subarray(start, end);
    response.writeHead(first === undefined ? 200 : 206, {
      'content-length': String(body.byteLength),
      etag,
      ...(first === undefined ? {} : { 'content-range': `bytes ${start}-${end - 1}/${bytes.byteLength}` }),
    });
    const { holdAfterBytes } = behaviour;
    if (holdAfterBytes === undefined) {
      response.end(body);
      return;
    }
    response.flushHeaders();
    response.write(body.subarray(0, holdAfterBytes));
    held.set(response, { name, send: () => response.end(body.subarray(holdAfterBytes)) });
    response.on('close', () => held.delete(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    asked,
    offsets,
    get held() {
      return [...held.values()].map(({ name }) => name);
    },
    file(name, sizeBytes, behaviour = {}) {
      const bytes = randomBytes(sizeBytes);
      files.set(name, { bytes, behaviour });
      return { url: `${origin}/${name}`, bytes, sha256: sha256Of(bytes) };
    },
    release(wanted) {
      for (const [name, entry] of files) if (wanted === undefined || name === wanted) entry.behaviour = {};
      for (const { name, send } of held.values()) if (wanted === undefined || name === wanted) send();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
