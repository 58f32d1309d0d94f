import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIo, nodeFileSystem, type Io } from '@modelkeep/io';
import { createHttpClient, type HttpClient } from '@modelkeep/network';
import { createSeededRandom } from '@modelkeep/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { downloadFile } from './download-file.ts';
import { startByteServer, type ByteServer } from './fixtures/byte-server.test-helper.ts';
import { runKilledProgram, runMortalDownload, type MortalDownload } from './fixtures/mortal-download.test-helper.ts';
import type { KillPoint } from './fixtures/mortal-io.test-helper.ts';
import { MiB, sha256Of } from './fixtures/workbench.test-helper.ts';
import { readPart } from './read-part.ts';

/** Kill points of each test by a real SIGKILL; more of them by an environment variable, for a nightly run. */
const REAL_POINTS = Number(process.env['MODELKEEP_KILL_POINTS'] ?? 12) / 2;
/** Kill points within this process: of a download over one connection, over several, and of a resume. 300 in all. */
const POINTS = 120;
const RESUME_POINTS = 60;
const SEED = 20_261_121;
/** The bytes that a kill may cost each connection. */
const MAX_LOST_BYTES = 16 * MiB;

const content = randomBytes(18 * MiB + 4_321);
const sha256 = sha256Of(content);
const expected = { sizeBytes: content.byteLength, sha256 };

/** A real drive, where processes are killed. */
let root: string;
/** Memory where the system has some as a folder: where the process lives on, all that it wrote is seen, synced or not. */
let quickRoot: string;
let server: ByteServer;
let io: Io;
let http: HttpClient;
let folders = 0;

beforeAll(async () => {
  const prefix = 'modelkeep-kill-points-';
  root = await mkdtemp(join(tmpdir(), prefix));
  quickRoot = await mkdtemp(join('/dev/shm', prefix)).catch(() => mkdtemp(join(tmpdir(), prefix)));
  server = await startByteServer(content);
  io = createIo({ workers: 'in-thread' });
  http = createHttpClient({ privateOrigins: 'all' });
});
afterAll(async () => {
  await http.close();
  await io.close();
  await server.close();
  for (const folder of [root, quickRoot]) await rm(folder, { recursive: true });
});

interface Place {
  readonly folder: string;
  readonly download: Omit<MortalDownload, 'killPoint'>;
}

async function newPlace(maxConnections: number, below: string = quickRoot): Promise<Place> {
  folders += 1;
  const folder = join(below, String(folders));
  await mkdir(folder);
  return { folder, download: { url: server.url, path: join(folder, 'model.bin'), expected, maxConnections } };
}

interface Wanted {
  readonly killPoint: KillPoint;
  /** What is found on the disk, unless the file is there already. */
  readonly atLeastBytes: number;
}

/** Where a connection takes over from another one, both may bring a piece of up to a mebibyte. */
function mostOverlapBytes(connections = 1): number {
  return (connections - 1) * MiB;
}

/** The download goes on in a process that lives, ends well, and leaves nothing beside. */
async function requireResumed({ folder, download }: Place, { atLeastBytes, killPoint }: Wanted): Promise<void> {
  const why = `killed at ${killPoint.step}${killPoint.isTorn ? ', torn' : ''}`;
  // On a drive without links an empty file may hold the name.
  const there = await readFile(download.path).catch(() => undefined);
  const isThere = there !== undefined && (download.hasLinks !== false || there.byteLength > 0);
  if (isThere) expect(Buffer.compare(there, content)).toBe(0);
  const call = downloadFile({ ...download, io, http });
  if (isThere) await expect(call).rejects.toMatchObject({ code: 'io.exists' });
  else {
    const { resumedFromBytes, bytesFetched, ...resumed } = await call;
    expect(resumed).toMatchObject({ sha256, verified: 'sha256' });
    const overlapBytes = resumedFromBytes + bytesFetched - content.byteLength;
    expect(overlapBytes).toBeGreaterThanOrEqual(0);
    expect(overlapBytes).toBeLessThanOrEqual(mostOverlapBytes(download.maxConnections));
    expect(resumedFromBytes, why).toBeGreaterThanOrEqual(atLeastBytes);
  }
  expect(Buffer.compare(await readFile(download.path), content)).toBe(0);
  expect(await readdir(folder), why).toEqual(['model.bin']);
  await rm(folder, { recursive: true });
}

/** Every step but for writes, of which there are many, and of writes so many as are wanted; some of them torn. */
function choosePoints(steps: readonly string[], count: number): KillPoint[] {
  const isWrite = (step: string): boolean => step.startsWith('write#');
  const writes = steps.filter(isWrite);
  const appends = steps.filter((step) => step.startsWith('append#'));
  const points = [
    ...steps.filter((step) => !isWrite(step)).map((step) => ({ step, isTorn: false })),
    ...appends.map((step) => ({ step, isTorn: true })),
  ];
  const wanted = Math.max(0, count - points.length);
  for (let index = 0; index < wanted; index += 1) {
    const step = writes[Math.floor((index * writes.length) / wanted)];
    if (step !== undefined) points.push({ step, isTorn: index % 3 === 0 });
  }
  return points;
}

async function stepsOfOne(maxConnections: number): Promise<readonly string[]> {
  const { folder, download } = await newPlace(maxConnections);
  return (await runMortalDownload(folder, { ...download, killPoint: null })).steps;
}

describe.each([
  ['one connection', 1],
  ['several connections', 4],
])('a download over %s that is cut off', (_name, maxConnections) => {
  it('before or within a step on the disk goes on in the next process', { timeout: 120_000 }, async () => {
    const before = server.requests.length;
    const steps = await stepsOfOne(maxConnections);
    expect(server.requests.length - before > 1).toBe(maxConnections > 1);
    const points = choosePoints(steps, POINTS);
    let struck = 0;
    for (const killPoint of points) {
      const place = await newPlace(maxConnections);
      let killed = await runMortalDownload(place.folder, { ...place.download, killPoint });
      if (!killed.isDead) {
        // Several connections do not take the same steps each time: another one takes its place.
        await rm(place.download.path);
        const early = { step: `write#${struck % 8}`, isTorn: killPoint.isTorn };
        killed = await runMortalDownload(place.folder, { ...place.download, killPoint: early });
      }
      expect(killed.isDead).toBe(true);
      struck += 1;
      await requireResumed(place, { killPoint, atLeastBytes: killed.bytesTaken - MAX_LOST_BYTES });
    }
    expect(struck).toBeGreaterThanOrEqual(POINTS);
  });

  it('by SIGKILL goes on in the next process', { timeout: 3_600_000 }, async () => {
    const steps = await stepsOfOne(maxConnections);
    const random = createSeededRandom(SEED + maxConnections);
    for (let struck = 0; struck < REAL_POINTS;) {
      const step = steps[random.below(steps.length)] ?? '';
      const place = await newPlace(maxConnections, root);
      const killPoint = { step, isTorn: random.below(4) === 0 };
      if (!(await runKilledProgram({ ...place.download, killPoint }))) continue;
      struck += 1;
      await requireResumed(place, { killPoint, atLeastBytes: 0 });
    }
  });
});

describe('a resume that is cut off', () => {
  it('goes on in a third process', { timeout: 120_000 }, async () => {
    const leave = async (): Promise<Place & { readonly durableBytes: number }> => {
      const place = await newPlace(1);
      const killPoint = { step: 'fdatasync#2', isTorn: false };
      expect((await runMortalDownload(place.folder, { ...place.download, killPoint })).isDead).toBe(true);
      const journal = (await readdir(place.folder)).find((name) => name.endsWith('.journal')) ?? '';
      const part = join(place.folder, journal.replace('.journal', '.part'));
      const left = await readPart(nodeFileSystem, { part, journal: join(place.folder, journal) });
      expect(left?.owner).toBe('dead');
      expect(left?.durableBytes).toBeGreaterThan(0);
      return { ...place, durableBytes: left?.durableBytes ?? 0 };
    };
    const whole = await leave();
    const { steps } = await runMortalDownload(whole.folder, { ...whole.download, killPoint: null });
    const points = choosePoints(steps, RESUME_POINTS);
    expect(points.length).toBeGreaterThanOrEqual(RESUME_POINTS);
    for (const killPoint of points) {
      let place = await leave();
      if (!(await runMortalDownload(place.folder, { ...place.download, killPoint })).isDead) {
        // How many writes there are depends on what the network brings at once: the first one takes its place.
        place = await leave();
        const first = { step: 'write#0', isTorn: killPoint.isTorn };
        expect((await runMortalDownload(place.folder, { ...place.download, killPoint: first })).isDead).toBe(true);
      }
      await requireResumed(place, { killPoint, atLeastBytes: place.durableBytes });
    }
  });
});

describe('a drive without hard links', () => {
  it('has an empty file for a moment, which nobody takes for the download', { timeout: 120_000 }, async () => {
    const one = await newPlace(1, root);
    const all = { ...one.download, hasLinks: false, killPoint: null };
    const { steps } = await runMortalDownload(one.folder, all);
    const lastSync = steps.findLastIndex((step) => step.startsWith('fdatasync#'));
    for (const step of steps.slice(lastSync)) {
      const { folder, download } = await newPlace(1, root);
      const place = { folder, download: { ...download, hasLinks: false } };
      const killPoint = { step, isTorn: false };
      if (!(await runMortalDownload(folder, { ...place.download, killPoint })).isDead) {
        // Bytes may come in fewer pieces than before, and the download is whole then: the first sync takes its place.
        expect(step).toMatch(/^(write|append|fdatasync)#/);
        expect(Buffer.compare(await readFile(download.path), content)).toBe(0);
        await rm(download.path);
        const first = { step: 'fdatasync#0', isTorn: false };
        expect((await runMortalDownload(folder, { ...place.download, killPoint: first })).isDead).toBe(true);
      }
      await requireResumed(place, { killPoint, atLeastBytes: 0 });
    }
  });
});
