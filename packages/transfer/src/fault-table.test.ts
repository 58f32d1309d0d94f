import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { startByteServer, type Answer, type ByteServer, type Exchange } from './fixtures/byte-server.test-helper.ts';
import type { FaultScenario } from './fixtures/fault-scenario.test-helper.ts';
import { expectedOf, faultScenarios, otherAnswer } from './fixtures/fault-scenarios.test-helper.ts';
import { CANARY, watchedFetch, type WatchedOutcome } from './fixtures/watched-fetch.test-helper.ts';
import { eagerClock, MiB, openWorkbench, sha256Of, type Workbench } from './fixtures/workbench.test-helper.ts';

/*
 * Row by row, over one and over several connections, with a token in every URL and header. What a row promises beyond the
 * right bytes or the typed error is tested elsewhere:
 *
 * - where a fetch goes on, waits, caps, the quarantine: network-faults.test.ts, connections.test.ts, mirrors.test.ts
 * - the Hub's own signed URLs and moved commits: hub.test.ts
 * - hops, schemes and what crosses an origin; the limits of time; the guard: packages/network/src/{redirects,transport,guard}
 * - offline and stale answers of the API: packages/network/src/{offline,cache}
 */

const small = randomBytes(2 * MiB + 4_321);
const large = randomBytes(12 * MiB + 4_321);
/** So slow that the first of several connections has not got everything before others come. */
const bytesPerSecond = 60_000_000;
const others: Promise<ByteServer>[] = [];
const startOther = (content: Uint8Array): Promise<ByteServer> => {
  const server = startByteServer(
    content,
    Array.from({ length: 5_000 }, () => otherAnswer),
  );
  others.push(server);
  return server;
};
const otherOf = new Map<Uint8Array, Promise<ByteServer>>(
  [small, large].map((content) => [content, startOther(content)]),
);

afterAll(async () => {
  for (const server of others) await (await server).close();
});

interface Struck extends AsyncDisposable {
  readonly server: ByteServer;
  readonly hits: () => number;
}

/** A server that is good, but for the requests that the fault strikes. */
async function startStruck(scenario: FaultScenario, content: Uint8Array, isSeveral: boolean): Promise<Struck> {
  const { fault, strikes = 'once' } = scenario;
  const other = (await otherOf.get(content)) as ByteServer;
  const isRange = strikes === 'range' || strikes === 'ranges';
  let requests = 0;
  let hits = 0;
  const good = ({ serve }: Exchange): void => serve(isSeveral ? { bytesPerSecond } : {});
  const answer: Answer = (exchange) => {
    requests += 1;
    const isFirst = requests === 1;
    const isDue = strikes === 'always' || strikes === 'ranges' || hits === 0;
    const isOfKind = isSeveral ? !isFirst : !isRange || exchange.request.headers.range !== undefined;
    if (isDue && isOfKind) {
      hits += 1;
      fault(exchange, { content, other });
    } else if (isFirst && isRange && !isSeveral) exchange.serve({ cutAfterBytes: MiB, cutBy: 'end' });
    else good(exchange);
  };
  const server = await startByteServer(
    content,
    Array.from({ length: 500 }, () => answer),
  );
  return { server, hits: () => hits, [Symbol.asyncDispose]: () => server.close() };
}

async function requireRight(bench: Workbench, { fetched, error }: WatchedOutcome, content: Uint8Array): Promise<void> {
  if (fetched === undefined) throw error;
  expect(fetched.sha256).toBe(sha256Of(content));
  expect(Buffer.compare(await bench.read(fetched.part), content)).toBe(0);
}

async function run(scenario: FaultScenario, isSeveral: boolean): Promise<void> {
  const content = isSeveral ? large : small;
  const wanted = (isSeveral ? scenario.several : scenario.one) ?? 'right';
  await using bench = await openWorkbench();
  await using struck = await startStruck(scenario, content, isSeveral);
  const { server, hits } = struck;
  const expected = expectedOf(scenario, content, sha256Of(content));
  const connections = isSeveral ? { ...eagerClock(), maxConnections: 4 } : { maxConnections: 1 };
  const outcome = await watchedFetch(bench, server.url, { ...connections, expected });
  expect(hits()).toBeGreaterThan(0);
  if (wanted === 'right') await requireRight(bench, outcome, content);
  else expect(outcome.error).toMatchObject({ code: wanted });

  // Whatever is left is good enough to go on with, and nothing else is left.
  const names = (await bench.names()).filter((name) => name !== 'quarantine');
  expect(names.every((name) => name === '0.part' || name === '0.journal')).toBe(true);
  if (wanted === 'transfer.integrity') expect(names).toEqual([]);
  await using good = await startByteServer(content);
  await requireRight(
    bench,
    await watchedFetch(bench, good.url, {
      expected: expectedOf({ ...scenario, etag: 'v1' }, content, sha256Of(content)),
    }),
    content,
  );
}

describe.each([...new Set(faultScenarios.map(({ row }) => row))])('%s', (row) => {
  const ofRow = faultScenarios.filter((scenario) => scenario.row === row);
  const onOne = ofRow.filter(({ one }) => one !== null);
  const onSeveral = ofRow.filter(({ several }) => several !== null);
  it.each(onOne)('over one connection: $name', (scenario) => run(scenario, false));
  it.each(onSeveral)('on one of several connections: $name', (scenario) => run(scenario, true));
});

it('is long enough', () => {
  expect(faultScenarios.length).toBeGreaterThanOrEqual(60);
});

describe('redirect to another origin', () => {
  it('drops every credential and every header of the caller', async () => {
    await using bench = await openWorkbench();
    await using cdn = await startByteServer(small);
    const redirect: Answer = ({ response }) => void response.writeHead(302, { location: cdn.url }).end();
    await using hub = await startByteServer(small, [redirect]);
    await requireRight(bench, await watchedFetch(bench, hub.url, { expected: { sha256: sha256Of(small) } }), small);
    expect(hub.requests[0]?.headers['x-key']).toBe(CANARY);
    expect(cdn.requests[0]?.headers['x-key']).toBeUndefined();
  });

  it('is refused from https to http', async () => {
    await using bench = await openWorkbench();
    const downgrade: Answer = ({ response }) => void response.writeHead(302, { location: 'http://hub.example/' }).end();
    await using server = await startByteServer(small, [downgrade]);
    const route = (url: string): string => url.replace(/^https?:\/\/hub\.example/, server.origin);
    const { error } = await watchedFetch(bench, 'https://hub.example/model.bin', { route });
    expect(error).toMatchObject({ code: 'network.redirect', facts: { reason: 'downgrade' } });
    expect(server.requests).toHaveLength(1);
  });
});

describe('DNS failure, offline', () => {
  /** Names have parts of 63 characters at most: the system answers without asking anybody. */
  const NOWHERE = `http://${'x'.repeat(64)}.example`;
  const expected = { sizeBytes: small.byteLength, sha256: sha256Of(small) };

  it('is a typed error where nothing came yet', async () => {
    await using bench = await openWorkbench();
    const { error } = await watchedFetch(bench, `${NOWHERE}/model.bin`, { expected });
    expect(error).toMatchObject({ code: 'network.offline' });
    expect(bench.sleeps).toEqual([]);
    expect(await bench.names()).toEqual([]);
  });

  it('waits without using up attempts where the network went away', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(small, [({ serve }) => serve({ cutAfterBytes: MiB, cutBy: 'end' })]);
    let requests = 0;
    const route = (url: string): string => {
      // The client also looks by itself whether the network is back.
      if (new URL(url).pathname === '/model.bin') requests += 1;
      return requests > 1 && requests < 12 ? url.replace(server.origin, NOWHERE) : url;
    };
    const outcome = await watchedFetch(bench, server.url, { expected, route });
    await requireRight(bench, outcome, small);
    expect(outcome.fetched?.bytesFetched).toBe(small.byteLength);
    expect(requests).toBeGreaterThanOrEqual(12);
  });
});
