import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFluxLora, startHub, type LocalHub } from '@modelkeep/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { main } from './main.ts';

const lora = (fillSeed: number): Uint8Array => buildFluxLora({ scale: 0.02, fillSeed });
const size = lora(1).byteLength;
let folder: string;
let hub: LocalHub;

interface Run {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** The command within this process; what would be shown is collected. */
async function run(...args: readonly string[]): Promise<Run> {
  const shown = { out: '', err: '' };
  const exitCode = await main([...args, '--root', join(folder, 'library')], {
    out: (text) => (shown.out += `${text}\n`),
    err: (text) => (shown.err += `${text}\n`),
    progressStream: null,
  });
  return { exitCode, ...shown };
}

const onHub = (): string[] => ['--endpoint', hub.hubUrl];
const evictable = async (...args: string[]): Promise<readonly string[]> => {
  const { out } = await run('evict', '--dry-run', '--json', ...args, ...onHub());
  return (JSON.parse(out) as { evicted: { slug: string }[] }).evicted.map(({ slug }) => slug).toSorted();
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-cli-room-'));
  const files = ['a', 'b'].map((name, seed) => ({ path: `${name}.safetensors`, content: lora(seed) }));
  hub = await startHub({ repos: [{ id: 'acme/two', files }] });
  await run('volumes', 'add', join(folder, 'disk'), '--label', 'disk');
  for (const [name, volume] of Object.entries({ a: 'first', b: 'disk' })) {
    const got = await run('get', 'hf:acme/two', '--include', `${name}.*`, '--volume', volume, ...onHub());
    expect(got).toMatchObject({ exitCode: 0 });
  }
});
afterAll(async () => {
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

it('evict makes room on the volume that is named, or on all of them', async () => {
  expect(await evictable('--free', '1', '--volume', 'first')).toEqual(['lora/flux1/a']);
  expect(await evictable('--free', '1', '--volume', 'disk')).toEqual(['lora/flux1/b']);
  expect(await evictable('--free', '1G', '--volume', 'disk')).toEqual(['lora/flux1/b']);
  expect(await evictable('--free', '1G', '--volume', 'all')).toEqual(['lora/flux1/a', 'lora/flux1/b']);
  const shown = await run('evict', '--free', '1G', '--volume', 'disk', '--dry-run', ...onHub());
  expect(shown.exitCode).toBe(1);
  expect(shown.out).toMatch(/^would evict +\S+ \S+ +lora\/flux1\/b/mu);
  expect(shown.out).toMatch(/^stays +other-volume +lora\/flux1\/a/mu);
  const unknown = await run('evict', '--free', '1', '--volume', 'attic', ...onHub());
  expect(unknown).toMatchObject({ exitCode: 1, out: '' });
  expect(unknown.err).toContain('library.volume-not-found');
});

it('room shows and sets the quota of the volume that is named', async () => {
  const set = await run('room', '--quota', String(4 * size), '--volume', 'disk', '--json');
  expect(JSON.parse(set.out)).toMatchObject({ quotaBytes: 4 * size, usedBytes: size, volumes: [{ label: 'disk' }] });
  const all = await run('room');
  expect(all.out).toMatch(/^the models take .* and have no quota\n {2}first: .* no quota\n {2}disk: .* of /u);
  expect(JSON.parse((await run('room', '--volume', 'first', '--json')).out)).toMatchObject({
    quotaBytes: null,
    volumes: [{ label: 'first', usedBytes: size }],
  });
  expect((await run('room', '--quota', 'none', '--volume', 'disk')).out).toContain('no quota');
  for (const quota of [[], ['--quota', '1']]) {
    const unknown = await run('room', ...quota, '--volume', 'attic');
    expect([unknown.exitCode, unknown.err]).toEqual([1, expect.stringContaining('library.volume-not-found')]);
  }
});

it('says of a volume that is away that it is, and leaves its models alone', async () => {
  await rename(join(folder, 'disk'), join(folder, 'away'));
  for (const args of [
    ['room'],
    ['room', '--quota', '1'],
    ['evict', '--free', '1'],
    ['evict', '--free', '1', '--dry-run'],
  ]) {
    const refused = await run(...args, '--volume', 'disk');
    expect([refused.exitCode, refused.err]).toEqual([1, expect.stringContaining('library.volume-offline')]);
  }
  expect((await run('room')).out).not.toContain('disk');
  const { exitCode, out } = await run('evict', '--free', '1G', '--volume', 'all', ...onHub());
  expect([exitCode, out]).toEqual([1, expect.stringMatching(/^stays +offline +lora\/flux1\/b/mu)]);
  await rename(join(folder, 'away'), join(folder, 'disk'));
  expect((await run('verify')).exitCode).toBe(0);
  expect((await run('list')).out).toContain('lora/flux1/b');
});

it('several models are moved or pinned together: a wrong name among them changes none, and there is one document', async () => {
  expect((await run('restore', 'a', ...onHub())).exitCode).toBe(0);
  for (const command of [
    ['pin', 'a', 'nobody'],
    ['move', 'a', 'nobody', '--to', 'disk'],
  ]) {
    const refused = await run(...command);
    expect([refused.exitCode, refused.out]).toEqual([1, '']);
    expect(refused.err).toContain('library.model-not-found');
  }
  const before = JSON.parse((await run('show', 'a', '--json')).out) as { pinned?: boolean; place: object };
  expect([before.pinned, before.place]).toEqual([undefined, { kind: 'library' }]);
  const { moved } = JSON.parse((await run('move', 'a', 'b', '--to', 'disk', '--json')).out) as {
    moved: { model: { slug: string; place: { volumeId?: string } }; bytesCopied: number }[];
  };
  expect(moved.map(({ model }) => model.slug)).toEqual(['lora/flux1/a', 'lora/flux1/b']);
  expect(new Set(moved.map(({ model }) => model.place.volumeId)).size).toBe(1);
  expect(moved.map(({ bytesCopied }) => bytesCopied)).toEqual([size, 0]);
  const listed = (await run('volumes')).out;
  expect(listed).toMatch(/^first .* online +0 \(0 B\) /mu);
  expect(listed).toMatch(/^disk .* online +2 \(/mu);
  const nowhere = await run('move', 'a', '--to', 'attic');
  expect([nowhere.exitCode, nowhere.err]).toEqual([1, expect.stringContaining('library.volume-not-found')]);
});
