import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFluxLora, startHub, textBytes, type LocalHub } from '@modelkeep/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { main } from './main.ts';

const slug = 'lora/flux1/line';
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
const lora = (fillSeed: number): Uint8Array => buildFluxLora({ scale: 0.02, fillSeed });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-cli-revisions-'));
  const files = [
    { path: 'line.safetensors', content: lora(1) },
    { path: 'README.md', content: textBytes('first') },
  ];
  hub = await startHub({ repos: [{ id: 'acme/line', files }] });
  await run('get', 'hf:acme/line', ...onHub());
});
afterAll(async () => {
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

it.each([
  [['evict'], "required option '--free <bytes>' not specified"],
  [['evict', '--free', 'much'], 'a number of bytes is expected'],
  [['room', '--quota', '-1'], 'a number of bytes is expected'],
  [['versions', slug, '--follow', 'me'], 'Allowed choices are latest, pinned'],
  [['update'], "missing required argument 'model'"],
  [['pin'], "missing required argument 'models'"],
])('%j is wrong usage', async (args, text) => {
  const { exitCode, err } = await run(...args);
  expect([exitCode, err]).toEqual([2, expect.stringContaining(text)]);
});

it('tells, fetches and lists versions, and gives up the old one', async () => {
  expect((await run('updates', ...onHub())).out).toContain('0 of 1 models have updates');
  await hub.commit('acme/line', { files: [{ path: 'line.safetensors', content: lora(2) }] });
  const told = (await run('updates', slug, ...onHub())).out;
  expect(told).toMatch(/^outdated .* lora\/flux1\/line +acme\/line has changed at main$/m);
  expect(told).toMatch(/^changed lora\/flux1\/line: line\.safetensors \(.* → .*\)$/m);
  expect((await run('update', slug, '--dry-run', ...onHub())).out).toContain('would be fetched');
  const updated = await run('update', slug, ...onHub());
  expect([updated.exitCode, updated.out]).toEqual([
    0,
    expect.stringMatching(/^lora.* is a new version of lora\/flux1\/line: /),
  ]);
  expect((await run('update', slug, ...onHub())).out).toMatch(/^lora.* is current: nothing of it has changed\n$/);
  expect((await run('versions', slug, '--follow', 'pinned')).out).toContain('links stay');
  expect((await run('release', slug)).out).toContain(`stays: ${slug} (pinned)`);
  await run('versions', slug, '--follow', 'latest');
  expect((await run('release', slug, '--dry-run')).out).toContain(`would release ${slug}`);
  expect((await run('release', slug)).out).toContain(`released ${slug}`);
  await hub.commit('acme/line', { files: [{ path: 'README.md', content: textBytes('third') }] });
  const { slug: newest } = JSON.parse((await run('list', '--json')).out).models[0] as { slug: string };
  expect((await run('update', newest, '--release-old', ...onHub())).out).toContain(`updated ${newest}`);
});

it('pins, evicts, restores and counts', async () => {
  const { slug: newest } = JSON.parse((await run('list', '--json')).out).models[0] as { slug: string };
  expect((await run('pin', newest)).out).toBe(`pinned ${newest}\n`);
  const pinned = await run('evict', '--free', '1k', ...onHub());
  expect([pinned.exitCode, pinned.out]).toEqual([1, expect.stringContaining('stays  pinned')]);
  expect((await run('unpin', newest)).out).toBe(`unpinned ${newest}\n`);
  const dry = await run('evict', newest, '--free', '1k', '--dry-run', ...onHub());
  expect([dry.exitCode, dry.out]).toEqual([0, expect.stringContaining('would evict')]);
  expect((await run('evict', '--free', '1k', '--json', ...onHub())).out).toContain('"evicted"');
  expect((await run('show', newest)).out).toMatch(/^evicted: +20/m);
  expect((await run('room', '--quota', '1')).out).toMatch(/^the models take .* of 1 B\n$/);
  const refused = await run('restore', newest, ...onHub());
  expect([refused.exitCode, refused.err]).toEqual([1, expect.stringContaining('library.quota-exceeded')]);
  expect((await run('room', '--quota', 'none')).out).toContain('no quota');
  expect((await run('restore', newest, ...onHub())).out).toMatch(/ is here: .* were fetched\n$/);
});
