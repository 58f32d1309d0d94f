import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { isModelkeepError, systemClock, type Clock, type Logger } from '@modelkeep/core';
import { createIo } from '@modelkeep/io';
import { createHttpClient } from '@modelkeep/network';
import {
  createSeededRandom,
  seededBytes,
  startHub,
  type Fault,
  type LocalHub,
  type RepoFile,
  type SeededRandom,
} from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { discardPart } from './discard-part.ts';
import { MiB, sha256Of } from './fixtures/workbench.test-helper.ts';
import { createTransfers } from './manager/create-transfers.ts';
import type { TransferFile } from './manager/transfer-file.ts';

/** How long the run takes, and the seed of its faults; a longer run by an environment variable, for a nightly run. */
const SECONDS = Number(process.env['MODELKEEP_FAULT_SECONDS'] ?? 8);
const SEED = Number(process.env['MODELKEEP_FAULT_SEED'] ?? 20_261_121);
/** However slow the machine is: so many faults are of most kinds. */
const ROUNDS = 10;
/** Of the requests of a round of six files. */
const FAULTS_PER_ROUND = 3;
/** A file that is struck again and again may fail; whoever wants it asks for it again. */
const MAX_RUNS = 5;
const TOKEN = 'canary-51c3e8d7';

/** So that waits, windows and checkpoints come twenty times as often. */
const FASTER = 20;
const fastClock: Clock = {
  now: () => systemClock.now(),
  monotonicMs: () => systemClock.monotonicMs() * FASTER,
  sleep: (ms, signal) => systemClock.sleep(ms / FASTER, signal),
};

const contents = [20 * MiB, 12 * MiB + 1, 5 * MiB, 3 * MiB + 77, 400_000, 6_000].map((sizeBytes, index) => {
  const content = seededBytes({ seed: SEED + index, sizeBytes });
  return { path: `weights-${index}.safetensors`, content, sha256: sha256Of(content) };
});

function randomFault(random: SeededRandom): Fault {
  const afterBytes = random.below(random.below(2) === 0 ? 5_000 : 3 * MiB);
  const retryAfterSeconds = random.below(20);
  const faults: readonly Fault[] = [
    { kind: 'reset', afterBytes },
    { kind: 'reset-before-headers' },
    { kind: 'truncate', afterBytes, framing: (['length', 'chunked', 'close'] as const)[random.below(3)] ?? 'length' },
    { kind: 'stall', afterBytes },
    { kind: 'stall-before-headers' },
    { kind: 'slow', bytesPerSecond: 4_000_000 },
    { kind: 'wrong-content-length', deltaBytes: 1 + random.below(1_000) },
    { kind: 'flip-bit', offsetBytes: random.below(3 * MiB), bit: random.below(8) },
    { kind: 'rate-limited' },
    { kind: 'rate-limited', retryAfterSeconds, resetSeconds: random.below(20) },
    { kind: 'status', status: [500, 502, 503, 504][random.below(4)] ?? 503 },
    { kind: 'status', status: 503, retryAfterSeconds },
    { kind: 'expired-url' },
    { kind: 'ignore-range' },
    { kind: 'wrong-content-range' },
    { kind: 'no-content-range' },
    { kind: 'multipart' },
    { kind: 'range-not-satisfiable' },
  ];
  return faults[random.below(faults.length)] ?? { kind: 'reset-before-headers' };
}

function armFaults(hub: LocalHub, random: SeededRandom): void {
  hub.faults.clear();
  for (let count = 0; count < FAULTS_PER_ROUND; count += 1) {
    const fault = randomFault(random);
    // Only the CDN has what an expired address leads to.
    const origin = fault.kind === 'expired-url' || random.below(4) > 0 ? 'cdn' : 'hub';
    hub.faults.arm({ when: { origin, nth: 1 + random.below(8) }, fault });
  }
}

it(
  `ends with every file right when one request of twenty goes wrong (seed ${SEED})`,
  { timeout: 1_000_000 },
  async () => {
    const random = createSeededRandom(SEED);
    const output: unknown[] = [];
    const note = (message: string, facts?: unknown): void => void output.push(message, facts);
    const logger: Logger = { debug: note, info: note, warn: note, error: note };
    const root = await mkdtemp(join(tmpdir(), 'modelkeep-random-faults-'));
    const files: readonly RepoFile[] = contents.map(({ path, content }) => ({ path, content, storage: 'lfs' }));
    await using hub = await startHub({
      repos: [{ id: 'acme/model', files }],
      rateLimit: 'off',
      bytesPerSecond: 60_000_000,
    });
    await using io = createIo({ workers: 'in-thread' });
    await using http = createHttpClient({
      logger,
      privateOrigins: 'all',
      clock: fastClock,
      credentialsFor: (origin) => (origin === hub.hubUrl ? `Bearer ${TOKEN}` : undefined),
      timeouts: { headersTimeoutMs: 400, idleTimeoutMs: 400 },
      circuitBreaker: false,
    });
    await using transfers = createTransfers({ http, io, logger, clock: fastClock, filesAtOnce: 6 });
    const struck = new Map<string, number>();
    let parts = 0;
    let requests = 0;
    let rounds = 0;

    const fetchAll = async (wanted: readonly TransferFile[]): Promise<readonly TransferFile[]> => {
      const job = transfers.addAll(wanted, { onError: 'continue' });
      job.progress.subscribe((snapshot) => output.push(snapshot));
      const { outcomes } = await job.result;
      for (const outcome of outcomes) {
        if (!('error' in outcome)) continue;
        output.push(outcome.error, (outcome.error as Error).stack, JSON.stringify(outcome.error));
        expect(isModelkeepError(outcome.error), inspect(outcome.error)).toBe(true);
        expect((outcome.error as { code: string }).code).toMatch(/^(?:transfer|network)\./);
      }
      return wanted.filter((_file, index) => outcomes[index]?.state !== 'done');
    };

    const startMs = performance.now();
    while (rounds < ROUNDS || performance.now() - startMs < SECONDS * 1_000) {
      rounds += 1;
      const folder = join(root, String(rounds));
      await mkdir(folder);
      armFaults(hub, random);
      hub.resetRequests();
      let left: readonly TransferFile[] = contents.map(({ path, content, sha256 }, index) => {
        const place = { part: join(folder, `${index}.part`), journal: join(folder, `${index}.journal`) };
        return {
          ...place,
          file: path,
          url: `${hub.hubUrl}/acme/model/resolve/main/${path}`,
          expected: index % 2 === 0 ? { sizeBytes: content.byteLength, sha256 } : { sha256 },
          quarantine: join(root, 'quarantine'),
          deliver: async ({ part }) => {
            await rename(part, join(folder, path));
            await discardPart(io.fileSystem, place);
          },
        };
      });
      for (let run = 0; run < MAX_RUNS && left.length > 0; run += 1) left = await fetchAll(left);
      expect(left.map(({ file }) => file)).toEqual([]);
      expect((await readdir(folder)).sort()).toEqual(contents.map(({ path }) => path));
      for (const { path, content } of contents) {
        const isRight = Buffer.compare(await readFile(join(folder, path)), content) === 0;
        expect(isRight, `${path} of round ${rounds}`).toBe(true);
      }
      requests += hub.requests.length;
      parts += hub.requests.filter(({ headers }) => /^bytes=\d+-\d+$/.test(headers.range ?? '')).length;
      for (const { fault } of hub.requests) if (fault !== null) struck.set(fault, (struck.get(fault) ?? 0) + 1);
      // What a signed address holds is as good as a token.
      const told = inspect(output.splice(0), { depth: 20, maxArrayLength: null, maxStringLength: null });
      expect(told).not.toContain(TOKEN);
      for (const { url } of hub.requests) {
        for (const [, secret] of new URL(url, hub.cdnUrl).searchParams) {
          if (secret.length > 24) expect(told).not.toContain(secret);
        }
      }
      await rm(folder, { recursive: true });
    }
    await rm(root, { recursive: true });
    const hits = [...struck.values()].reduce((sum, count) => sum + count, 0);
    expect(hits / requests).toBeGreaterThanOrEqual(0.05);
    expect(struck.size).toBeGreaterThan(5);
    expect(parts).toBeGreaterThan(rounds);
  },
);
