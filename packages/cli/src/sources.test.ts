import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFluxLora, startCivitai } from '@modelkeep/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { main } from './main.ts';

const lora = buildFluxLora({ scale: 0.02 });
const models = [
  {
    id: 7,
    name: 'Thick line',
    versions: [
      { id: 70, trainedWords: ['ink'], files: [{ id: 700, name: 'thick-line.safetensors', content: lora }] },
      {
        id: 71,
        earlyAccessEndsAt: '2999-01-01T00:00:00.000Z',
        files: [{ id: 710, name: 'new.safetensors', content: buildFluxLora({ scale: 0.03 }) }],
      },
    ],
  },
];

interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command within this process; what would be shown is collected. */
async function runCli(...args: readonly string[]): Promise<Run> {
  const shown = { stdout: '', stderr: '' };
  const exitCode = await main(args, {
    out: (text) => (shown.stdout += `${text}\n`),
    err: (text) => (shown.stderr += `${text}\n`),
    progressStream: null,
  });
  return { exitCode, ...shown };
}

async function scene() {
  await using parts = new AsyncDisposableStack();
  const path = await mkdtemp(join(tmpdir(), 'modelkeep-cli-sources-'));
  parts.defer(() => rm(path, { recursive: true, force: true }));
  const site = parts.use(await startCivitai({ models }));
  vi.stubEnv('CIVITAI_ENDPOINT', site.siteUrl);
  vi.stubEnv('MODELKEEP_ROOT', join(path, 'library'));
  const folder = join(path, 'models');
  await mkdir(folder);
  await writeFile(join(folder, 'line.safetensors'), lora);
  const owned = parts.move();
  return { site, folder, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

afterEach(() => vi.unstubAllEnvs());

describe('enrich', () => {
  it('comes with a scan or after it, in words and as JSON', async () => {
    await using place = await scene();
    const offline = await runCli('scan', place.folder, '--enrich', '--offline');
    expect(offline).toMatchObject({ exitCode: 0, stderr: '' });
    expect(offline.stdout).toMatch(/left +\S+ +\S+ +civitai \(offline\)/u);
    expect(place.site.requests).toEqual([]);
    const first = await runCli('enrich');
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toContain('1 models: 1 enriched, 0 not on Civitai, 0 left to ask');
    const second = await runCli('enrich', '--json');
    expect(JSON.parse(second.stdout)).toMatchObject({ total: 1, updated: [], hashesAsked: 0 });
    place.site.faults.arm({ when: { times: 9 }, fault: { kind: 'text', status: 400, text: '{}' } });
    const failed = await runCli('enrich', '--renew');
    expect(failed).toMatchObject({ exitCode: 1 });
    expect(failed.stderr).toContain('error: civitai:');
  });
});

describe('pictures', () => {
  it('are found on this machine unless told otherwise; a rating is one of some words', async () => {
    await using place = await scene();
    await runCli('import', join(place.folder, 'line.safetensors'));
    await writeFile(join(place.folder, 'line.png'), Buffer.from('\u0089PNG\r\n\u001a\n and more', 'latin1'));
    expect((await runCli('enrich', '--previews', 'none')).stdout).not.toContain('preview');
    expect((await runCli('enrich')).stdout).toMatch(/enriched +\S+ +line +preview/u);
    expect(await runCli('enrich', '--preview-level', 'r14')).toMatchObject({ exitCode: 2 });
  });
});

describe('identify', () => {
  it('tells what a file is, where it is from, and what is known about loading it', async () => {
    await using place = await scene();
    const file = join(place.folder, 'line.safetensors');
    await runCli('scan', place.folder);
    await writeFile(join(place.folder, 'line.json'), JSON.stringify({ 'activation text': 'mine' }));
    const shown = await runCli('identify', file, '--endpoint', place.site.siteUrl);
    expect([shown.exitCode, shown.stderr]).toEqual([0, expect.any(String)]);
    expect(shown.stdout).toContain('in this library:');
    expect(shown.stdout).toMatch(/type: +lora {2}\(embedded\)/u);
    expect(shown.stdout).toMatch(/trigger words: +mine {2}\(forge\)/u);
    expect(shown.stdout).toMatch(/how sure: +70 % \(type and family, by its bytes\)/u);
    expect(shown.stdout).toMatch(/loading: +its format holds no code/u);
    expect(shown.stdout).toContain('civitai:7@70  Thick line, v70');
    expect(shown.stdout).toContain('line.json (forge)');
    const json = await runCli('identify', file, '--offline', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ loading: 'data-only', asked: false, facts: { family: 'flux1' } });
    const pickle = join(place.folder, 'odd.ckpt');
    await writeFile(pickle, Buffer.from('\x80\x02cos\nsystem\nX\x02\x00\x00\x00id\x85R.', 'latin1'));
    const odd = await runCli('identify', pickle, '--offline');
    expect(odd.stdout).toMatch(/loading: +dangerous/u);
    expect(odd.stdout).toContain('os.system');
    expect(await runCli('identify', join(place.folder, 'nothing'), '--offline')).toMatchObject({ exitCode: 1 });
  });
});

describe('identify without a library', () => {
  it('tells what a file is, asks where it is from, and leaves nothing behind', async () => {
    await using place = await scene();
    const file = join(place.folder, 'line.safetensors');
    for (const root of ['', process.env['MODELKEEP_ROOT'] ?? '']) {
      vi.stubEnv('MODELKEEP_ROOT', root);
      const offline = await runCli('identify', file, '--offline', '--json');
      expect([offline.exitCode, offline.stderr]).toEqual([0, '']);
      expect(JSON.parse(offline.stdout)).toMatchObject({ facts: { type: 'lora', family: 'flux1' }, models: [] });
    }
    const names = ['hf:acme/line', 'acme/line', 'civitai:7', `${place.site.siteUrl}/line.safetensors?sig=secret`];
    for (const name of names) {
      const refused = await runCli('identify', name, '--offline', '--endpoint', place.site.siteUrl);
      expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
      expect(refused.stderr).toMatch(/hint: name a file or a folder on this machine[^]*code: network\.offline/u);
      expect(refused.stderr).not.toContain('secret');
    }
    for (const name of ['', 'hf:', 'https://']) {
      expect(await runCli('identify', name, '--offline')).toMatchObject({ exitCode: 2, stdout: '' });
    }
    expect(place.site.requests).toEqual([]);
    const asked = await runCli('identify', file, '--endpoint', place.site.siteUrl);
    expect(asked.stdout).toContain('civitai:7@70  Thick line, v70');
    const folder = await runCli('identify', place.folder, '--offline');
    expect([folder.exitCode, folder.stdout]).toEqual([0, expect.stringMatching(/folder: .*models/u)]);
    const named = await runCli('identify', file, '--offline', '--root', join(place.folder, 'none'));
    expect(named).toMatchObject({ exitCode: 1, stdout: '' });
    expect(await readdir(join(place.folder, '..'))).toEqual(['models']);
    expect(await readdir(place.folder)).toEqual(['line.safetensors']);
  });
});

describe('identify of a folder', () => {
  it('tells its parts and what is missing, and names what it is not', async () => {
    await using place = await scene();
    await runCli('scan', place.folder);
    const pipeline = join(place.folder, 'pipe');
    const description = {
      _class_name: 'FluxPipeline',
      transformer: ['diffusers', 'FluxTransformer2DModel'],
      vae: ['diffusers', 'AutoencoderKL'],
    };
    await mkdir(join(pipeline, 'transformer'), { recursive: true });
    await writeFile(join(pipeline, 'model_index.json'), JSON.stringify(description));
    await writeFile(join(pipeline, 'transformer', 'config.json'), '{}');
    await writeFile(join(pipeline, 'transformer', 'x-00001-of-00002.safetensors'), lora);
    const shown = await runCli('identify', pipeline, '--offline');
    expect([shown.exitCode, shown.stderr]).toEqual([0, '']);
    expect(shown.stdout).toMatch(/pipeline: +FluxPipeline of diffusers/u);
    expect(shown.stdout).toMatch(/complete: +no, 3 files are missing/u);
    expect(shown.stdout).toMatch(/transformer +diffusers\.FluxTransformer2DModel +lora .* 1 missing/u);
    expect(shown.stdout).toMatch(/vae +diffusers\.AutoencoderKL +- .* not here/u);
    expect(shown.stdout).toContain('  vae/diffusion_pytorch_model.safetensors');
    const json = await runCli('identify', pipeline, '--offline', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      identification: { format: 'diffusers', details: { format: 'folder', isComplete: false } },
    });
    await writeFile(join(pipeline, 'model_index.json'), '{"_class_name": "X", "../x": ["a", "b"]}');
    const hostile = await runCli('identify', pipeline, '--offline');
    expect([hostile.exitCode, hostile.stderr]).toEqual([1, expect.stringContaining('is no folder beside it')]);
    await mkdir(join(place.folder, 'empty'));
    const none = await runCli('identify', join(place.folder, 'empty'), '--offline');
    expect([none.exitCode, none.stderr]).toEqual([1, expect.stringContaining('is no model')]);
  });
});

describe('get', () => {
  it('takes a model of Civitai, and says what a person has to do first', async () => {
    await using place = await scene();
    const got = await runCli('get', 'civitai:7@70');
    expect([got.exitCode, got.stderr]).toEqual([0, expect.stringContaining('civitai:7@70 (Thick line, v70)')]);
    const early = await runCli('get', 'civitai:7@71');
    expect([early.exitCode, early.stderr]).toEqual([1, expect.stringContaining('sells early access')]);
    expect(place.site.requests.length).toBeGreaterThan(0);
  });
});
