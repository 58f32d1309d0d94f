import { lstat, mkdir, mkdtemp, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFluxLora } from '@modelkeep/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { main } from './main.ts';
import type { Terminal } from './output/terminal.ts';

let folder: string;
let app: string;

/** The command within this process; what would be shown is collected. */
async function run(...args: readonly string[]): Promise<readonly [number, string]> {
  const shown: string[] = [];
  const terminal: Terminal = {
    out: (text) => shown.push(text),
    err: (text) => shown.push(text),
    progressStream: null,
  };
  const exitCode = await main([...args, '--root', join(folder, 'library')], terminal);
  return [exitCode, shown.join('\n')];
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-cli-'));
  app = join(folder, 'ComfyUI');
  await mkdir(join(app, 'models'), { recursive: true });
  await writeFile(join(folder, 'line.safetensors'), buildFluxLora({ scale: 0.02 }));
  await run('import', join(folder, 'line.safetensors'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('links in the way that is asked for, tells how the links are, and repairs them', async () => {
  const link = join(app, 'models/loras/line.safetensors');
  expect(await run('links')).toEqual([0, 'no app has links of this library']);
  expect(await run('link', 'comfyui', app)).toEqual([0, expect.stringContaining('1 created')]);
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect(await run('link', 'comfyui', app, '--by', 'hardlink', '--dry-run')).toEqual([
    0,
    expect.stringContaining('hardlink'),
  ]);
  expect(await run('link', 'comfyui', app, '--by', 'hardlink')).toEqual([0, expect.stringContaining('1 replaced')]);
  expect((await stat(link)).nlink).toBeGreaterThan(1);
  expect(await run('links', 'comfyui', app)).toEqual([0, expect.stringMatching(/^ok +comfyui +hardlink +/u)]);
  expect(await run('links', '--repair')).toEqual([0, 'all links are good']);

  await unlink(link);
  expect(await run('links', '--check')).toEqual([1, expect.stringMatching(/^missing /u)]);
  const [exitCode, shown] = await run('links', '--check', '--json');
  expect([exitCode, JSON.parse(shown)]).toMatchObject([1, { links: [{ health: 'missing' }], configFiles: [] }]);
  expect(await run('links', '--repair')).toEqual([0, expect.stringMatching(/^created /u)]);
  expect(await run('links')).toEqual([0, expect.stringMatching(/^ok /u)]);
  await rename(app, `${app}-away`);
  expect(await run('links', '--repair')).toEqual([0, expect.stringMatching(/^waits .* is not there now$/u)]);
  await rename(`${app}-away`, app);
  expect(await run('link', 'comfyui', app, '--by', 'magic')).toEqual([
    2,
    expect.stringContaining('links are not made by "magic"'),
  ]);
});

it.each([
  ['links', 'comfi'],
  ['links', 'auto', 'FOLDER'],
  ['unlink', 'comfi', 'APP'],
  ['undo', 'comfi', 'APP', '--list'],
])('does not take a mistyped app for one without links: %s %s', async (...words) => {
  const places: Readonly<Record<string, string>> = { FOLDER: folder, APP: app };
  const [exitCode, shown] = await run(...words.map((word) => places[word] ?? word));
  expect([exitCode, shown]).toEqual([2, expect.stringContaining('comfyui')]);
});

it('warns where something is said of an app that nobody knows', async () => {
  expect(await run('map', 'lora/flux1/line', 'comfi', '--no-link')).toEqual([
    0,
    expect.stringContaining('no app called "comfi" is known'),
  ]);
  expect((await run('map', 'lora/flux1/line', 'comfi', '--clear', 'link'))[0]).toBe(0);
  expect((await run('map', 'lora/flux1/line', '*', '--clear', 'link'))[1]).not.toContain('warning');
});

it('links into the store of a tool', async () => {
  const store = join(folder, 'ollama');
  await mkdir(store);
  const [exitCode, shown] = await run('link', 'ollama', store, '--dry-run', '--json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(shown)).toMatchObject({ way: { kind: 'store', format: 'ollama' }, bytesToWrite: 0 });
});

it('takes runs back: the last one, or the one that is named', async () => {
  const link = join(app, 'models/loras/line.safetensors');
  await run('unlink', 'comfyui', app);
  expect(await run('undo', 'comfyui', app)).toEqual([2, expect.stringContaining('there is no run of comfyui')]);
  expect(await run('undo', 'comfyui', app, '--list')).toEqual([0, 'no run can be taken back']);
  await run('link', 'comfyui', app);
  await run('link', 'comfyui', app, '--by', 'hardlink');
  const [, shown] = await run('undo', 'comfyui', app, '--list');
  expect(shown.split('\n')).toHaveLength(2);
  expect(shown).toMatch(/^[0-9a-f-]{36}  \d{4}-\d\d-\d\dT[\d:.]+Z  1 link$/mu);
  const [, listed] = await run('undo', 'comfyui', app, '--list', '--json');
  const [last, first] = JSON.parse(listed) as readonly { readonly id: string }[];
  expect(await run('undo', 'comfyui', app, '--run', '0')).toEqual([2, expect.stringContaining('more than one run')]);
  expect(await run('undo', 'comfyui', app, '--run', 'f')).toEqual([2, expect.stringContaining('there is no run')]);
  expect(await run('undo', 'comfyui', app, '--dry-run', '--run', first?.id ?? '')).toEqual([
    0,
    expect.stringMatching(/^conflict .*changed by a later run/u),
  ]);

  const [, plan] = await run('undo', 'comfyui', app, '--dry-run', '--json');
  expect(JSON.parse(plan)).toMatchObject({ id: last?.id, entries: [{ action: 'replace', target: link }] });
  expect((await lstat(link)).isSymbolicLink()).toBe(false);
  expect(await run('undo', 'comfyui', app)).toEqual([0, expect.stringContaining('1 replaced')]);
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  await unlink(link);
  await writeFile(link, 'mine');
  expect(await run('undo', 'comfyui', app)).toEqual([1, expect.stringMatching(/^conflict .*1 conflict$/su)]);
  await unlink(link);
});
