import { randomBytes } from 'node:crypto';
import { createServer, ServerResponse, type IncomingMessage } from 'node:http';
import { readdir } from 'node:fs/promises';
import { buildFluxLora } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { readRange } from './byte-range.ts';
import type { AnswerBlobsOptions } from './guard-blobs.ts';
import { fleetScene, listen, type FleetScene } from './fleet-scene.test-helper.ts';

const scene = (): Promise<FleetScene> => fleetScene(buildFluxLora({ scale: 0.02 }));

it('a server gets a model from another one, verified, and tells that it has it', async () => {
  await using parts = await scene();
  const { store, folder } = parts;
  const one = await parts.open('one');
  const other = await parts.open('other');
  const { models } = await one.import(folder.join('line.safetensors')).result;
  await one.servers.syncInventory();
  const sha256 = models[0]?.files[0]?.sha256 ?? '';
  const { bytesFetched } = await other.servers.fetch(sha256);
  expect(bytesFetched).toBe(models[0]?.sizeBytes);
  const [got] = await other.list();
  expect(got).toMatchObject({ slug: models[0]?.slug, type: 'lora', family: 'flux1', complete: true });
  expect((await other.verify().result).problems).toEqual([]);
  expect((await store.contents()).map(({ copies }) => copies)).toEqual([2]);
  expect((await store.get('other')).measuredBytesPerSecond).toBeGreaterThan(0);
  await expect(other.servers.fetch('ab'.repeat(32))).rejects.toMatchObject({ code: 'fleet.not-found' });
});

it('where one server fails the next one is asked, and bytes that are wrong are not taken', async () => {
  await using parts = await scene();
  const { store, folder } = parts;
  const one = await parts.open('one');
  const two = await parts.open('two');
  const other = await parts.open('other');
  for (const library of [one, two]) {
    await library.import(folder.join('line.safetensors')).result;
    await library.servers.syncInventory();
  }
  const [model] = await one.list();
  const sha256 = model?.files[0]?.sha256 ?? '';
  await using liar = await lyingServer(model?.sizeBytes ?? 0);
  await store.register({ id: 'one', endpoint: liar.origin });
  await store.heartbeat('two', { running: 5 });
  expect((await other.servers.planFetch(sha256)).mirrors).toEqual([`${two.origin}/fleet/blobs/${sha256}`]);
  await other.servers.fetch(sha256);
  expect((await other.verify().result).problems).toEqual([]);
  expect(two.asked.length).toBeGreaterThan(0);
  await store.register({ id: 'two', endpoint: liar.origin });
  const last = await parts.open('last');
  await store.remove('other');
  await expect(last.servers.fetch(sha256)).rejects.toMatchObject({ code: 'transfer.integrity' });
  expect(await last.list()).toEqual([]);
  expect(await readdir(folder.join('last/blobs/sha256'))).toEqual([]);
});

it('a server that is gone and not yet silent is passed over', async () => {
  await using parts = await scene();
  const { store } = parts;
  const [one, two, other] = [await parts.open('one'), await parts.open('two'), await parts.open('other')];
  for (const library of [one, two]) {
    await library.import(parts.file).result;
    await library.servers.syncInventory();
  }
  await store.register({ id: 'one', endpoint: 'http://127.0.0.1:1/' });
  await store.heartbeat('two', { running: 5 });
  const sha256 = (await one.list())[0]?.files[0]?.sha256 ?? '';
  await other.servers.fetch(sha256);
  expect((await other.verify().result).problems).toEqual([]);
  expect(two.asked.length).toBeGreaterThan(0);
});

async function lyingServer(sizeBytes: number): Promise<{ readonly origin: string } & AsyncDisposable> {
  const web = createServer((request, response) => {
    response.writeHead(200, {
      'content-length': sizeBytes,
      'content-disposition': 'attachment; filename=line.safetensors',
    });
    response.end(request.method === 'HEAD' ? undefined : new Uint8Array(sizeBytes));
  });
  const origin = await listen(web);
  return {
    origin,
    async [Symbol.asyncDispose]() {
      web.closeAllConnections();
      await new Promise((resolve) => web.close(resolve));
    },
  };
}

it('answers parts and heads, and knows nothing but hashes', async () => {
  await using parts = await scene();
  const one = await parts.open('one');
  const { models } = await one.import(parts.folder.join('line.safetensors')).result;
  const sha256 = models[0]?.files[0]?.sha256 ?? '';
  const size = models[0]?.sizeBytes ?? 0;
  const ask = async (path: string, init: RequestInit = {}): Promise<[number, string | null, number]> => {
    const answer = await fetch(`${one.origin}${path}`, init);
    return [answer.status, answer.headers.get('content-range'), (await answer.arrayBuffer()).byteLength];
  };
  const range = (value: string, more: Record<string, string> = {}): RequestInit => ({
    headers: { range: value, ...more },
  });
  const path = `/blobs/${sha256}`;
  expect(await ask(path)).toEqual([200, null, size]);
  expect(await ask(path, { method: 'HEAD' })).toEqual([200, null, 0]);
  expect(await ask(path, range('bytes=10-19'))).toEqual([206, `bytes 10-19/${size}`, 10]);
  expect(await ask(path, range('bytes=10-19', { 'if-range': `"${sha256}"` }))).toEqual([
    206,
    `bytes 10-19/${size}`,
    10,
  ]);
  expect(await ask(path, range('bytes=10-19', { 'if-range': '"other"' }))).toEqual([200, null, size]);
  expect(await ask(path, range(`bytes=${size}-`))).toEqual([416, `bytes */${size}`, 0]);
  expect(await ask(path, { method: 'POST' })).toEqual([405, null, 0]);
  for (const other of [`/blobs/${'0'.repeat(64)}`, '/blobs/../../etc/passwd', '/blobs/', `/blobs/${sha256}/x`, '//']) {
    expect((await ask(other))[0], other).toBe(404);
  }
  await one.evict({ freeBytes: 1, unfetchable: true, checkSources: false }).result;
  expect((await ask(path))[0]).toBe(404);
});

it('who has the secret between servers gets a model, and nobody else', async () => {
  await using parts = await scene();
  const secret = randomBytes(32).toString('base64');
  const one = await parts.open('one', { secret: ['one-that-is-not-sent-yet', secret] });
  const other = await parts.open('other');
  const { models } = await one.import(parts.file).result;
  await one.servers.syncInventory();
  const sha256 = models[0]?.files[0]?.sha256 ?? '';
  const waiting = { code: 'workflows.waiting-for-user', facts: { reason: 'token', url: `${one.origin}/` } };
  await expect(other.servers.fetch(sha256)).rejects.toMatchObject(waiting);
  const { id } = await other.jobs.submit('copy', { sha256 });
  await other.jobs.run({ untilIdle: true });
  expect(await other.jobs.get(id)).toMatchObject({ state: 'waiting-for-user', waiting: waiting.facts });
  await other.tokens.set(one.origin, 'one-that-is-wrong');
  await expect(other.servers.fetch(sha256)).rejects.toMatchObject(waiting);
  await other.tokens.set(one.origin, secret);
  await other.jobs.resume(id);
  await other.jobs.run({ untilIdle: true });
  expect(await other.jobs.get(id)).toMatchObject({ state: 'completed' });
  expect((await other.verify().result).problems).toEqual([]);

  for (const path of [`/blobs/${sha256}`, `/blobs/${'0'.repeat(64)}`, '/']) {
    const answer = await fetch(`${one.origin}${path}`, { headers: { authorization: `Basic ${secret}` } });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await answer.json()).toMatchObject({ error: { code: 'workflows.peer-refused', facts: { status: 401 } } });
  }
  for (const bad of ['', 'short', 'a secret with spaces', []]) {
    expect(() => one.servers.answerBlobs({ secret: bad })).toThrow('16 or more');
  }
});

it('a hook decides who may ask, and without a guard only this machine may', async () => {
  await using parts = await scene();
  const asked: (string | undefined)[] = [];
  const one = await parts.open('one', {
    authorize({ url, headers }) {
      asked.push(url);
      if (headers['x-app'] === 'broken') throw new Error('no database');
      return Promise.resolve(headers['x-app'] === 'mine');
    },
  });
  const statusOf = async (origin: string, app: string): Promise<number> =>
    (await fetch(`${origin}/blobs/x`, { headers: { 'x-app': app } })).status;
  expect(await statusOf(one.origin, 'mine')).toBe(404);
  expect(await statusOf(one.origin, 'yours')).toBe(403);
  expect(await statusOf(one.origin, 'broken')).toBe(500);
  expect(asked).toEqual(['/blobs/x', '/blobs/x', '/blobs/x']);

  const at = async (localAddress: string | undefined, options?: AnswerBlobsOptions): Promise<number> => {
    const request = { method: 'GET', url: '/blobs/x', headers: {}, socket: { localAddress } } as IncomingMessage;
    const response = new ServerResponse(request);
    one.servers.answerBlobs(options)(request, response);
    await expect.poll(() => response.writableEnded).toBe(true);
    return response.statusCode;
  };
  for (const own of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) expect(await at(own), own).toBe(404);
  for (const open of ['10.0.0.5', '::', 'fe80::1', '::ffff:10.0.0.5', '', undefined]) {
    expect(await at(open), open).toBe(403);
    expect(await at(open, { authorize: () => true }), open).toBe(404);
  }
});

it.each([
  [undefined, 10, null],
  ['bytes=0-0', 10, { start: 0, end: 1 }],
  ['bytes=5-', 10, { start: 5, end: 10 }],
  ['bytes=5-99', 10, { start: 5, end: 10 }],
  ['bytes=-3', 10, { start: 7, end: 10 }],
  ['bytes=-99', 10, { start: 0, end: 10 }],
  ['bytes=-0', 10, 'unsatisfiable'],
  ['bytes=10-', 10, 'unsatisfiable'],
  ['bytes=5-4', 10, null],
  ['bytes=0-1,3-4', 10, null],
  ['lines=0-1', 10, null],
  ['bytes=-', 10, null],
])('%s of %i bytes', (header, size, range) => {
  expect(readRange(header, size)).toEqual(range);
});
