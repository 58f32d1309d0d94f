import { silentLogger, systemClock } from '@modelkeep/core';
import { createDriveQueues, createIo, type DriveInfo } from '@modelkeep/io';
import type { VolumeInfo } from '@modelkeep/library';
import { buildFluxLora, buildFluxModel, startHub } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import { createDriveLanes } from './drive-lanes.ts';

const volume = (label: string, change: Partial<VolumeInfo> = {}): VolumeInfo => ({
  volumeId: `id-of-${label}`,
  label,
  isFirst: label === 'library',
  path: `/${label}`,
  state: 'online',
  mode: 'write',
  store: 'linked',
  freeBytes: null,
  models: 0,
  bytes: 0,
  isDefault: label === 'library',
  types: [],
  ...change,
});

it('jobs of one drive share its lane, which has the room of the queue of its kind', async () => {
  let [volumes, looks] = [[volume('library'), volume('disk'), volume('away', { state: 'offline' })], 0];
  const kinds: Record<string, DriveInfo['kind']> = { '/library': 'ssd', '/disk': 'hdd', '/other': 'hdd' };
  const driveOf = async (path: string): Promise<DriveInfo> => {
    if (path === '/broken') throw new Error('no such drive');
    return {
      id: path === '/other' ? '/disk' : path,
      kind: kinds[path] ?? 'unknown',
      rotates: null,
    } as DriveInfo;
  };
  const queues = createDriveQueues();
  const store = { volumes: () => Promise.resolve(((looks += 1), volumes)) };
  const io = { driveOf, driveQueues: () => queues };
  const lanes = createDriveLanes({ store, io, clock: systemClock, logger: silentLogger });
  expect(await lanes.limits()).toEqual({ 'drive:/library': 8, 'drive:/disk': 1 });
  const laneOf = (type: Parameters<typeof lanes.laneOf>[0], payload: object = {}) => lanes.laneOf(type, payload);
  for (const type of ['download', 'import', 'hash', 'verify', 'copy'] as const)
    expect(await laneOf(type)).toBe('drive:/library');
  expect(await laneOf('download', { volume: 'disk' })).toBe('drive:/disk');
  expect(await laneOf('import', { volume: 'id-of-di' })).toBe('drive:/disk');
  expect(await laneOf('import', { volume: 'first' })).toBe('drive:/library');
  for (const type of ['enrich', 'map', 'sync'] as const) expect(await laneOf(type)).toBeUndefined();
  expect(looks).toBe(1);
  // A scan is where its first folder is, which need not be a volume.
  expect(await laneOf('scan', { roots: ['/disk', '/library'] })).toBe('drive:/disk');
  expect(await laneOf('scan', { roots: ['/elsewhere'] })).toBe('drive:/elsewhere');
  expect(await laneOf('scan', { roots: ['/broken'] })).toBeUndefined();
  expect(await lanes.limits()).toEqual({ 'drive:/library': 8, 'drive:/disk': 1, 'drive:/elsewhere': 4 });
  // One that was added a moment ago is found, and one that is not there has no lane.
  volumes = [...volumes, volume('other')];
  expect(await laneOf('download', { volume: 'other' })).toBe('drive:/disk');
  expect(await laneOf('download', { volume: 'away' })).toBeUndefined();
});

it('who asks while the volumes are looked at for the first time waits for what that gives, and a failure keeps what was known', async () => {
  let [isBroken, now] = [false, 0];
  const store = {
    volumes: async () => {
      await systemClock.sleep(10);
      if (isBroken) throw new Error('no such drive');
      return [volume('library')];
    },
  };
  const io = {
    driveOf: (path: string) => Promise.resolve({ id: path, kind: 'hdd', rotates: null } as DriveInfo),
    driveQueues: createDriveQueues,
  };
  const clock = { ...systemClock, monotonicMs: () => now };
  const lanes = createDriveLanes({ store, io, clock, logger: silentLogger });
  const known = { 'drive:/library': 1 };
  expect(await Promise.all([lanes.limits(), lanes.limits(), lanes.laneOf('import', {})])).toEqual([
    known,
    known,
    'drive:/library',
  ]);
  isBroken = true;
  now += 60_001;
  expect(await Promise.all([lanes.limits(), lanes.limits()])).toEqual([known, known]);
});

it('two downloads to a drive with a head run one after the other, and their jobs come in order', async () => {
  await using folder = await tempFolder();
  const lfs = (path: string, content: Uint8Array) => ({ path, content, storage: 'lfs' }) as const;
  await using hub = await startHub({
    repos: [
      { id: 'acme/a', files: [lfs('a.safetensors', buildFluxLora())] },
      { id: 'acme/b', files: [lfs('b.safetensors', buildFluxModel())] },
    ],
  });
  const root = folder.join('library');
  await using io = createIo();
  const hubOptions = { endpoint: hub.hubUrl, token: null };
  const drives = [{ drive: (await io.driveOf(root)).mountPoint, kind: 'hdd' }] as const;
  await using workspace = await openWorkspace({ root, hub: hubOptions, drives });
  const { jobs } = workspace;
  const [first, second] = await jobs.submitInOrder([
    { type: 'download', payload: { reference: 'hf:acme/a' } },
    { type: 'verify', payload: { depth: 'size' } },
  ]);
  const again = await jobs.submitInOrder([{ type: 'download', payload: { reference: 'hf:acme/a' } }]);
  expect(again).toEqual([{ id: first?.id, added: false }]);
  const other = await jobs.submit('download', { reference: 'hf:acme/b' });
  const bad = [
    { type: 'hash', payload: {} },
    { type: 'download', payload: { reference: '' } },
  ] as const;
  await expect(jobs.submitInOrder(bad)).rejects.toMatchObject({ code: 'core.invalid-argument' });
  const ids = [first?.id, second?.id, other.id];
  expect(new Set((await jobs.list()).jobs.map(({ id }) => id))).toEqual(new Set(ids));
  const lanes = (await jobs.list()).jobs.map(({ lane }) => lane);
  expect(new Set(lanes).size).toBe(1);
  expect(lanes[0]).toMatch(/^drive:/u);

  const leave = new AbortController();
  const running = new Set<string>();
  let most = 0;
  const watching = (async (): Promise<void> => {
    for await (const { changes } of jobs.changes({ signal: leave.signal })) {
      for (const { jobId, state } of changes) {
        if (state === 'running') running.add(jobId);
        else running.delete(jobId);
        most = Math.max(most, running.size);
      }
    }
  })().catch(() => {});
  await jobs.run({ untilIdle: true });
  await systemClock.sleep(50);
  leave.abort();
  await watching;
  for (const id of ids) expect(await jobs.get(id ?? '')).toMatchObject({ state: 'completed' });
  expect(most).toBe(1);
});
