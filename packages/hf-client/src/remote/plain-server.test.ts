import type { IncomingMessage, ServerResponse } from 'node:http';
import { createHttpClient } from '@modelkeep/network';
import { describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { hastyClock } from '../fixtures/hasty-clock.ts';
import { setup, repo, sha256, weights } from '../fixtures/hub-setup.ts';
import { startOddHub } from '../fixtures/odd-hub.ts';
import { openRemoteFile } from './open-remote-file.ts';
import type { RemoteFile } from './remote-file.ts';

const http = createHttpClient({ privateOrigins: 'all', retry: { attempts: 1 } });
const open = (url: string, headers?: Readonly<Record<string, string>>): Promise<RemoteFile> =>
  openRemoteFile({ http, url, headers, firstReadBytes: 100, clock: hastyClock });

/** Serves 1,000 bytes whose values are their places, with headers of a test's choice. */
const serve =
  (headersOf: (start: number, end: number) => Readonly<Record<string, string>>) =>
  ({ headers }: IncomingMessage, response: ServerResponse): void => {
    const [, first = '0', last = '999'] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    const end = Math.min(Number(last) + 1, 1_000);
    const body = Uint8Array.from({ length: end - Number(first) }, (_byte, index) => (Number(first) + index) % 256);
    response.writeHead(206, headersOf(Number(first), end)).end(body);
  };

describe('a server that is no hub', () => {
  it('tells size and nothing else, and gets headers of its own only', async () => {
    await using elsewhere = await startOddHub(
      serve((start, end) => ({ 'content-range': `bytes ${start}-${end - 1}/1000` })),
    );
    const seen: (string | undefined)[] = [];
    await using server = await startOddHub((request, response) => {
      seen.push(request.headers['x-api-key'] as string | undefined);
      response.writeHead(302, { location: `${elsewhere.origin}/signed?Signature=x` }).end();
    });
    await using file = await open(`${server.origin}/x.bin`, { 'x-api-key': 'key' });
    expect(file).toMatchObject({ sizeBytes: 1_000, commit: null, sha256: null, gitSha1: null });
    expect([...(await file.read(250, 10))]).toEqual([250, 251, 252, 253, 254, 255, 0, 1, 2, 3]);
    expect(seen).toEqual(['key']);
    expect(elsewhere.requests).toHaveLength(2);
  });

  it('may redirect to another port of a private host that is granted, each time', async () => {
    await using elsewhere = await startOddHub(
      serve((start, end) => ({ 'content-range': `bytes ${start}-${end - 1}/1000` })),
    );
    await using server = await startOddHub((_request, response) => {
      response.writeHead(302, { location: `${elsewhere.origin}/signed?Signature=x` }).end();
    });
    await using granting = createHttpClient({ privateOrigins: [server.origin], retry: { attempts: 1 } });
    await using file = await openRemoteFile({ http: granting, url: `${server.origin}/x.bin`, firstReadBytes: 100 });
    expect([...(await file.read(250, 2))]).toEqual([250, 251]);
    expect([...(await file.read(500, 2))]).toEqual([244, 245]);
    expect([server.requests.length, elsewhere.requests.length]).toEqual([1, 3]);
  });

  it('that sends a small file whole and always breaks off is given up after three attempts', async () => {
    await using server = await startOddHub((_request, response) => {
      response.writeHead(200, { 'content-length': '90' });
      response.write(new Uint8Array(40), () => response.destroy());
    });
    await using unbroken = createHttpClient({ privateOrigins: 'all', retry: { attempts: 1 }, circuitBreaker: false });
    const url = `${server.origin}/x.bin`;
    const signal = AbortSignal.timeout(4_000);
    const opening = openRemoteFile({ http: unbroken, url, firstReadBytes: 100, clock: hastyClock, signal });
    await caught('network.connection', opening);
    expect(server.requests).toHaveLength(3);
  });

  it('may have weak ETags, which If-Range does not take, and none', async () => {
    const seen: (string | undefined)[] = [];
    let etag = 'W/"one"';
    await using server = await startOddHub((request, response) => {
      seen.push(request.headers['if-range']?.toString());
      serve((start, end) => ({ 'content-range': `bytes ${start}-${end - 1}/1000`, ...(etag === '' ? {} : { etag }) }))(
        request,
        response,
      );
    });
    await using file = await open(`${server.origin}/x.bin`);
    await file.read(300, 1);
    etag = '';
    await file.read(500, 1);
    await file.read(700, 1);
    etag = 'W/"two"';
    await caught('hub.file-changed', file.read(900, 1));
    expect(seen).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  it('may send less than was asked for', async () => {
    await using server = await startOddHub((request, response) => {
      const [, first = '0', last = '0'] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
      const end = Math.min(Number(first) + 7, Number(last) + 1, 1_000);
      const body = Uint8Array.from({ length: end - Number(first) }, (_byte, index) => (Number(first) + index) % 256);
      response.writeHead(206, { 'content-range': `bytes ${first}-${end - 1}/1000` }).end(body);
    });
    await using file = await open(`${server.origin}/x.bin`);
    expect([...(await file.read(95, 10))]).toEqual([95, 96, 97, 98, 99, 100, 101, 102, 103, 104]);
  });

  it('has to tell the size', async () => {
    await using server = await startOddHub(serve((start, end) => ({ 'content-range': `bytes ${start}-${end - 1}/*` })));
    expect((await caught('hub.no-ranges', open(`${server.origin}/x.bin`))).facts.reason).toBe('size-unknown');
    await using chunked = await startOddHub((_request, response) => {
      response.write('x');
      response.end('y');
    });
    expect((await caught('hub.no-ranges', open(`${chunked.origin}/x.bin`))).facts.reason).toBe('size-unknown');
  });

  it.each([401, 403, 404, 500])('that answers %d is told by its status, without the query', async (status) => {
    await using server = await startOddHub((_request, response) => response.writeHead(status).end());
    const error = await caught('network.status', open(`${server.origin}/x.bin?token=canary`));
    expect(error.facts.status).toBe(status);
    expect(JSON.stringify(error)).not.toContain('canary');
  });
});

describe('openFile', () => {
  it('opens a file of a hub by its name, in datasets too, and types what the hub refuses', async () => {
    await using test = await setup({
      repos: [
        repo,
        { ...repo, type: 'dataset', id: 'acme/data', formerIds: [], gated: 'manual', grantedTokens: ['good'] },
      ],
    });
    await using file = await test.client.openFile('old/name', 'model.safetensors', { revision: 'main' });
    expect(file).toMatchObject({ sizeBytes: weights.length, sha256 });
    const options = { repoType: 'dataset', revision: 'main' } as const;
    const gated = await caught('hub.gated', test.client.openFile('acme/data', 'model.safetensors', options));
    expect(gated.facts.acceptUrl).toBe(`${test.hub.hubUrl}/datasets/acme/data`);
    await using granted = await test.clientWith('good').openFile('acme/data', 'model.safetensors', options);
    expect(Buffer.compare(await granted.read(0, 50), weights.subarray(0, 50))).toBe(0);
    await caught('hub.entry-not-found', test.client.openFile('acme/tiny', 'no.bin', { revision: 'main' }));
    await caught('hub.revision-not-found', test.client.openFile('acme/tiny', 'config.json', { revision: 'no' }));
  });
});
