import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buildFluxLora, demoRepos, startHub } from '@modelkeep/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExitCode } from './exit-code.ts';
import { main } from './main.ts';
import { formatBytes, formatDuration } from './output/format-bytes.ts';
import type { Terminal } from './output/terminal.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-cli-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Run {
  readonly exitCode: ExitCode;
  readonly out: string;
  readonly err: string;
  readonly bar: string;
}

/** The command within this process; what would be shown is collected. */
async function run(args: readonly string[], { watched = false } = {}): Promise<Run> {
  const shown = { out: '', err: '', bar: '' };
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 30 });
  stream.on('data', (chunk: Buffer) => (shown.bar += chunk.toString()));
  for (const name of ['cursorTo', 'moveCursor', 'clearLine', 'clearScreenDown'] as const)
    Object.assign(stream, { [name]: () => true });
  const terminal: Terminal = {
    out: (text) => (shown.out += `${text}\n`),
    err: (text) => (shown.err += `${text}\n`),
    progressStream: watched ? (stream as PassThrough & NodeJS.WriteStream) : null,
  };
  const withRoot = args.length === 0 || args.includes('--root') ? args : [...args, '--root', join(folder, 'library')];
  return { exitCode: await main(withRoot, terminal), ...shown };
}

describe('for people', () => {
  it('get, list, search, show, link, unlink, verify, rebuild and doctor', async () => {
    await using hub = await startHub({ repos: demoRepos({ scale: 0.1 }) });
    const endpoint = ['--endpoint', hub.hubUrl];
    const dry = await run(['get', 'hf:acme/tiny-flux', '--dry-run', ...endpoint]);
    expect(dry.out).toMatch(/fetch +[\d.]+ MB +flux1-dev\.safetensors/);
    expect(dry.out).toContain('0 B here already');

    const got = await run(
      ['get', 'hf:acme/tiny-flux', '--include', '*.safetensors', '--exclude', 'vae/*', ...endpoint],
      { watched: true },
    );
    expect([got.exitCode, got.err]).toEqual([
      0,
      expect.stringMatching(/3 files.*licence apache-2\.0\n.*fetched, 0 B were here already/s),
    ]);
    expect(got.out).toMatch(/diffusion-model +flux1 +bf16 +[\d.]+ MB +diffusion\/flux1\/flux1-dev/);
    expect(got.bar).toContain('%');

    expect((await run(['list'])).out.split('\n')).toHaveLength(5);
    expect((await run(['list', '--type', 'vae'])).err).toBe('no models\n');
    expect((await run(['search', 'flux', 'dev'])).out).toContain('diffusion/flux1/flux1-dev');
    const card = await run(['show', 'diffusion/flux1/flux1-dev']);
    expect(card.out).toContain('Flux.1 D  (scan)');
    expect(card.out).toContain(`hf:acme/tiny-flux@${await hub.commitOf('acme/tiny-flux')}/flux1-dev.safetensors`);

    await mkdir(join(folder, 'ComfyUI', 'models'), { recursive: true });
    const app = join(folder, 'ComfyUI');
    expect((await run(['link', 'comfyui', app, '--dry-run'])).out).toContain('3 create');
    expect((await run(['link', 'comfyui', app])).out).toContain('3 created');
    expect((await run(['link', 'comfyui', app])).out).toContain('3 kept');
    await rm(join(app, 'models/diffusion_models/flux1-dev.safetensors'));
    await writeFile(join(app, 'models/diffusion_models/flux1-dev.safetensors'), 'mine');
    const conflict = await run(['link', 'comfyui', app]);
    expect([conflict.exitCode, conflict.out]).toEqual([1, expect.stringContaining('1 conflict')]);
    expect((await run(['doctor'])).exitCode).toBe(1);
    expect((await run(['unlink', 'comfyui', app])).out).toContain('2 removed');

    expect((await run(['verify'])).out).toMatch(/3 models, 3 files, [\d.]+ MB hashed: 0 problems/);
    expect((await run(['rebuild'])).out).toBe('3 models in the index, 0 left out\n');
    const doctor = await run(['doctor']);
    expect([doctor.exitCode, doctor.out]).toEqual([0, expect.stringMatching(/models +3 with 3 files/)]);
  });

  it('lookup shows what is certain, what is likely, and what is here', async () => {
    const content = buildFluxLora({ scale: 0.1 });
    await using hub = await startHub({
      repos: [{ id: 'acme/thick-line', files: [{ path: 'thick-line.safetensors', content, storage: 'lfs' }] }],
    });
    const endpoint = ['--endpoint', hub.hubUrl];
    const path = join(folder, 'renamed.safetensors');
    await writeFile(path, content);
    await run(['import', path]);
    const byName = await run(['lookup', 'thick-line.safetensors', ...endpoint]);
    expect(byName.out).toMatch(/without a hash nothing is certain\ncould be it, by name:\n {2}name /);
    const unknown = await run(['lookup', path, ...endpoint]);
    expect(unknown.out).toMatch(/^sha256 [0-9a-f]{64}\nunknown: .*\nin this library:/s);
    const found = await run(['lookup', path, '--name', 'thick-line.safetensors', ...endpoint]);
    expect(found.out).toMatch(/1 of exactly this content:\n {2}hash .*hf:acme\/thick-line@/);
    expect((await run(['lookup', '', ...endpoint])).exitCode).toBe(2);
  });

  it('import shows what was stored and what was skipped', async () => {
    await mkdir(join(folder, 'in'));
    await writeFile(join(folder, 'in', 'x.safetensors'), buildFluxLora({ scale: 0.1 }));
    await rm(join(folder, 'gone'), { force: true });
    const { symlink } = await import('node:fs/promises');
    await symlink(join(folder, 'gone'), join(folder, 'in', 'dangling.bin'));
    const imported = await run(['import', join(folder, 'in')]);
    expect(imported.exitCode).toBe(0);
    expect(imported.err).toMatch(
      /skipped .*dangling\.bin: a link that leads nowhere\n[\d.]+ [kM]B stored, 0 B were here already/,
    );
    expect(imported.out).toContain('lora/flux1/x');
  });

  it('errors say what, the facts, what to do, and the code', async () => {
    await writeFile(join(folder, 'x.safetensors'), buildFluxLora({ scale: 0.1 }));
    await run(['import', join(folder, 'x.safetensors')]);
    const failed = await run(['show', 'nothing']);
    expect(failed.exitCode).toBe(1);
    expect(failed.err).toBe(
      'error: no model has the id, the start of an id, the slug or the name "nothing"\n' +
        '  reference: nothing\n  hint: list or search shows the ids, slugs and names of all models\n  code: library.model-not-found\n',
    );
  });
});

describe('an interrupt', () => {
  it('gets no faster than it may, over as many connections as it may', async () => {
    await using hub = await startHub({ repos: demoRepos({ scale: 0.1 }) });
    const get = ['get', 'hf:acme/tiny-flux', '--include', 'vae/*', '--endpoint', hub.hubUrl];
    const startMs = performance.now();
    const { exitCode } = await run([...get, '--limit-rate', '3M', '--connections', '1']);
    expect(exitCode).toBe(0);
    // 1.2 MB, of which a tenth of a second is saved up.
    expect(performance.now() - startMs).toBeGreaterThan(250);
    for (const wrong of [
      ['--limit-rate', 'fast'],
      ['--limit-rate', '0'],
      ['--connections', '0'],
    ])
      expect((await run([...get, ...wrong])).exitCode).toBe(2);
  });

  it('pauses a download and says how to go on', async () => {
    await using hub = await startHub({ repos: demoRepos({ scale: 0.5 }), bytesPerSecond: 1_000_000 });
    const running = run(['get', 'hf:acme/tiny-sdxl', '--endpoint', hub.hubUrl]);
    while (!hub.requests.some(({ origin }) => origin === 'cdn'))
      await new Promise((resolve) => setTimeout(resolve, 20));
    process.emit('SIGINT');
    const { exitCode, err } = await running;
    expect([exitCode, err]).toEqual([1, expect.stringContaining('run the same command again')]);
    hub.setPace({});
    expect((await run(['get', 'hf:acme/tiny-sdxl', '--endpoint', hub.hubUrl])).exitCode).toBe(0);
  });
});

it('writes sizes and durations for people', () => {
  expect([0, 999, 1_000, 12_340_000, 999_600, 12e9, 5e15].map((bytes) => formatBytes(bytes))).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '12.3 MB',
    '1.0 MB',
    '12.0 GB',
    '5.0 PB',
  ]);
  expect([400, 59_000, 61_000, 3_900_000].map((ms) => formatDuration(ms))).toEqual([
    '1 s',
    '59 s',
    '1 min',
    '1 h 5 min',
  ]);
});
