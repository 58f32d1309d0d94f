import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFluxLora } from '@modelkeep/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ExitCode } from './exit-code.ts';
import { main } from './main.ts';
import type { Terminal } from './output/terminal.ts';

const slug = 'lora/flux1/line';
let folder: string;

interface Run {
  readonly exitCode: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** The command within this process; what would be shown is collected. */
async function run(args: readonly string[]): Promise<Run> {
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
  await writeFile(join(folder, 'line.safetensors'), buildFluxLora({ scale: 0.02 }));
  await run(['import', join(folder, 'line.safetensors')]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each([
  [['edit', slug], 'there is nothing to set'],
  [['edit', slug, '--set', 'type'], 'a name and a value are expected'],
  [['edit', slug, '--set', 'type=lora', '--clear', 'type'], 'named twice'],
  [['edit', slug, '--set', 'type=car'], 'library.invalid-edit'],
  [['edit', slug, '--set', 'colour=red'], 'there is no such field'],
  [['edit', slug, '--clear', 'colour'], 'there is no such field'],
  [['edit', slug, '--set', 'parameterCount=many'], 'a whole number'],
  [['edit'], "missing required argument 'model'"],
  [['history'], "missing required argument 'model'"],
  [['import-metadata'], "missing required argument 'file'"],
  [['export', ''], 'the name of the file is empty'],
  [['export', 'a', 'b'], 'too many arguments'],
  [['delete', slug], 'say --yes to delete'],
])('%j is wrong usage', async (args, text) => {
  const { exitCode, err } = await run(args);
  expect([exitCode, err]).toEqual([2, expect.stringContaining(text)]);
});

it('wrong usage has changed nothing', async () => {
  expect((await run(['history', slug])).err).toBe('nothing has changed since it was added\n');
});

it.each([
  [['edit', 'nothing', '--set', 'type=lora'], 'library.model-not-found'],
  [['history', 'nothing'], 'library.model-not-found'],
  [['delete', 'nothing', '--yes'], 'library.model-not-found'],
  [['import-metadata', '/none/such'], 'io.not-found'],
])('%j fails with %s', async (args, code) => {
  const { exitCode, out } = await run([...args, '--json']);
  expect([exitCode, JSON.parse(out)]).toMatchObject([1, { error: { code } }]);
});

it('says what an export had to leave out', async () => {
  const path = join(folder, 'library', slug, 'overrides.json');
  await writeFile(path, '{');
  for (const args of [['export'], ['export', join(folder, 'x.jsonl')]]) {
    const { exitCode, err } = await run(args);
    expect([exitCode, err]).toEqual([1, expect.stringContaining(`left out ${slug}: `)]);
  }
  await rm(path);
});

it('edits, tells what has changed, carries it, and deletes', async () => {
  const edited = await run(['edit', slug, '--set', 'type=vae', '--set', 'licence=', '--set', 'tags=a,b']);
  expect([edited.exitCode, edited.out]).toEqual([0, expect.stringMatching(/type: +vae {2}\(user\)\n/)]);
  expect(edited.out).toMatch(/licence: +none {2}\(user\)\n/);
  const file = join(folder, 'models.jsonl');
  expect((await run(['export', file])).out).toBe(`1 models in ${file}\n`);
  expect((await run(['export', '--json'])).out).toContain('"lines"');
  expect((await run(['edit', slug, '--clear', 'type', '--clear', 'tags', '--json'])).out).toContain('"type": "lora"');
  expect((await run(['import-metadata', file])).out).toBe('1 models changed, 0 knew everything, 0 are not here\n');
  const history = (await run(['history', slug])).out;
  expect(history).toMatch(/user \(edit\) +type: none → vae\n/);
  expect(history).toMatch(/user \(import\) +tags: none → \["a","b"\]\n/);
  expect(JSON.parse((await run(['history', slug, '--json'])).out)).toMatchObject({
    slug,
    history: [{}, {}, {}, {}, {}, {}, {}],
  });
  const app = join(folder, 'ComfyUI');
  await mkdir(join(app, 'models'), { recursive: true });
  await run(['link', 'comfyui', app]);
  await writeFile(join(folder, 'library', slug, 'notes.txt'), 'mine');
  const dry = await run(['delete', slug, '--dry-run']);
  expect([dry.exitCode, dry.out]).toEqual([0, expect.stringContaining(`linked by ${app}/models/vae/line.safetensors`)]);
  const gone = await run(['delete', slug, '--unlink', '--yes']);
  expect([gone.exitCode, gone.out]).toEqual([0, expect.stringContaining(`stays: ${slug}/notes.txt`)]);
  expect(gone.out).toContain(`removed ${app}/models/vae/line.safetensors`);
});
