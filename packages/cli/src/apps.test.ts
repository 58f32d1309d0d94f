import { mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFluxLora } from '@modelkeep/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ExitCode } from './exit-code.ts';
import { main } from './main.ts';
import type { Terminal } from './output/terminal.ts';

const slug = 'lora/flux1/line';
let folder: string;
let app: string;

interface Run {
  readonly exitCode: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** The command within this process; what would be shown is collected. */
async function run(...args: readonly string[]): Promise<Run> {
  const shown = { out: '', err: '' };
  const terminal: Terminal = {
    out: (text) => (shown.out += `${text}\n`),
    err: (text) => (shown.err += `${text}\n`),
    progressStream: null,
  };
  return { exitCode: await main([...args, '--root', join(folder, 'library')], terminal), ...shown };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-cli-'));
  app = join(folder, 'ComfyUI');
  await mkdir(join(app, 'comfy'), { recursive: true });
  for (const name of ['folder_paths.py', 'nodes.py']) await writeFile(join(app, name), '');
  await writeFile(join(app, 'comfyui_version.py'), '__version__ = "0.3.64"\n');
  await writeFile(join(folder, 'line.safetensors'), buildFluxLora({ scale: 0.02 }));
  await run('import', join(folder, 'line.safetensors'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('says which apps are known, and which one a folder is', async () => {
  expect((await run('apps')).out).toMatch(/^comfyui +ComfyUI +links, config$/m);
  expect((await run('apps')).out).toMatch(/^kohya .*plan only$/m);
  expect((await run('apps', app)).out).toMatch(/^comfyui +ComfyUI +0\.3\.64 +links, config$/m);
  expect(await run('apps', folder)).toMatchObject({ exitCode: 1, out: '' });
  expect(await run('link', 'auto', folder)).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('looks like no app'),
  });
});

it('says of an app that cannot be mapped what to do with each model', async () => {
  const kohya = join(folder, 'kohya');
  await mkdir(kohya);
  const flag = `${slug}: --network_weights '`;
  expect((await run('link', 'kohya', kohya, '--dry-run')).out).toContain(flag);
  expect(await run('link', 'kohya', kohya)).toMatchObject({ exitCode: 0, out: expect.stringContaining(flag) });
  const { out } = await run('link', 'kohya', kohya, '--json');
  expect(JSON.parse(out)).toMatchObject({ counts: { created: 0, skipped: 1 }, advice: [{ slug }] });
});

it('links into the app that a folder looks like, as people say, and by its config file', async () => {
  expect(
    (await run('map', slug, 'comfyui', '--versions', '>=0.3.0', '--folder', 'styles', '--name', 'mine')).exitCode,
  ).toBe(0);
  expect(await run('map', slug, 'comfyui', '--versions', 'new')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('versions'),
  });
  expect(await run('map', slug, 'comfyui', '--clear', 'colour')).toMatchObject({ exitCode: 2 });
  await run('link', 'auto', app);
  expect(await readlink(join(app, 'models/loras/styles/mine.safetensors'))).toContain(slug);
  await run('map', slug, 'comfyui', '--no-link');
  expect((await run('link', 'comfyui', app)).out).toContain('removed');
  await run('map', slug, 'comfyui', '--clear', 'link', '--clear', 'name');

  const dry = await run('link', 'comfyui', app, '--way', 'config', '--dry-run');
  expect(dry.out).toMatch(/^create {2}.*extra_model_paths\.yaml$/m);
  expect(dry.out).toMatch(/^ {6}loras: "/m);
  expect((await run('link', 'comfyui', app, '--way', 'config')).err).toContain('restart ComfyUI');
  expect(await readFile(join(app, 'extra_model_paths.yaml'), 'utf8')).toContain('views/comfyui-');
  expect((await run('link', 'comfyui', app, '--way', 'config')).err).not.toContain('restart ComfyUI');
  expect((await run('unlink', 'auto', app)).out).toMatch(/^removed {2}.*extra_model_paths\.yaml$/m);
  await expect(readFile(join(app, 'extra_model_paths.yaml'), 'utf8')).rejects.toThrow('ENOENT');
});
