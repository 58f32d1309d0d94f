import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SearchModelsResult } from 'modelkeep';
import { buildFluxLora, buildVae } from '@modelkeep/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readDate } from './arguments/read-date.ts';
import type { ExitCode } from './exit-code.ts';
import { main } from './main.ts';
import type { Terminal } from './output/terminal.ts';

let folder: string;

interface Run {
  readonly exitCode: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** The command within this process; what would be shown is collected. */
async function run(args: readonly string[], library = 'library'): Promise<Run> {
  const shown = { out: '', err: '' };
  const terminal: Terminal = {
    out: (text) => (shown.out += `${text}\n`),
    err: (text) => (shown.err += `${text}\n`),
    progressStream: null,
  };
  return { exitCode: await main([...args, '--root', join(folder, library)], terminal), ...shown };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-cli-'));
  await writeFile(join(folder, 'line.safetensors'), buildFluxLora({ scale: 0.02 }));
  await writeFile(join(folder, 'thin-line.safetensors'), buildFluxLora({ scale: 0.02, fillSeed: 2 }));
  await writeFile(join(folder, 'vae.safetensors'), buildVae({ kind: 'sd' }));
  await run(['import', ...['line', 'vae'].map((name) => join(folder, `${name}.safetensors`))]);
  await run(['import', join(folder, 'thin-line.safetensors')], 'other');
  await run(['edit', 'lora/flux1/line', '--set', 'tags=style,ink']);
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each([
  [['--type', 'lora'], 'lora/flux1/line', 1],
  [['--type', 'lora', '--type', 'vae', '--sort', 'size'], '', 2],
  [['--tag', 'style', '--tag', 'ink'], 'lora/flux1/line', 1],
  [['--any-tag', 'ink', '--any-tag', 'x'], 'lora/flux1/line', 1],
  [['--tag', 'none'], '', 0],
  [['--min-size', '1G'], '', 0],
  [['--max-size', '1G', '--since', '1d', '--complete', '--provider', 'local'], '', 2],
  [['--before', '2020-01-01'], '', 0],
  [['--incomplete'], '', 0],
  [['--app', 'comfyui'], '', 0],
  [['--precision', 'bf16', '--family', 'flux1'], 'lora/flux1/line', 1],
  [['--precision', 'none'], '', 0],
  [['--quant', 'Q4_K_M'], '', 0],
  [['--licence', 'mit'], '', 0],
  [['--base-model', 'none'], '', 0],
  [['--repo', 'acme/none'], '', 0],
  [['--family', 'flux1', '--format', 'safetensors', '--limit', '1', '--reverse'], 'lora/flux1/line', 1],
])('list %j', async (args, slug, models) => {
  const { exitCode, out, err } = await run(['list', ...args]);
  expect([exitCode, err]).toEqual([0, models === 0 ? 'no models\n' : '']);
  expect(out).toContain(slug);
  expect(out.split('\n').length).toBe(models === 0 ? 1 : models + 2);
});

it('counts, pages, and tells programs where a query was found', async () => {
  expect((await run(['list', '--facets'])).out).toMatch(/2 models\ntype: +lora 1, vae 1\n/);
  const page = JSON.parse((await run(['list', '--limit', '1', '--json'])).out) as { next: string; models: unknown[] };
  expect(page.models).toHaveLength(1);
  const rest = JSON.parse((await run(['list', '--after', page.next, '--json'])).out) as {
    next: null;
    models: unknown[];
  };
  expect([rest.models.length, rest.next]).toEqual([1, null]);
  const found = JSON.parse((await run(['search', 'lin', '--json', '--facets'])).out) as SearchModelsResult;
  expect(found).toMatchObject({
    query: 'lin',
    models: [{}],
    hits: [{ score: 0.8, highlights: [{ field: 'officialName', place: null, ranges: [{ start: 0, end: 3 }] }, {}] }],
    facets: { models: 1 },
  });
});

it('takes a word for one like it, unless it is to be exact', async () => {
  const near = await run(['search', 'lnie']);
  expect([near.exitCode, near.err]).toEqual([0, 'nothing has "lnie"; shown is what has line\n']);
  expect(near.out).toContain('lora/flux1/line');
  expect((await run(['search', 'lnie', '--exact'])).err).toBe('no models\n');
});

it('searches other libraries as well', async () => {
  const { out } = await run(['search', 'line', '--also', join(folder, 'other')]);
  expect(out).toContain('lora/flux1/line');
  expect(out).toContain('lora/flux1/thin-line');
});

it.each([
  [['list', '--type', 'car'], 'Allowed choices'],
  [['list', '--sort', 'colour'], 'Allowed choices'],
  [['list', '--since', 'yesterday'], 'a date is expected'],
  [['list', '--min-size', 'big'], 'a number of bytes'],
  [['list', '--complete', '--incomplete'], 'cannot be used'],
  [['search', 'x', '--limit', '0'], 'a whole number'],
  [['search', 'x', '--after', 'nonsense'], 'core.invalid-argument'],
])('%j is refused', async (args, text) => {
  const { exitCode, err } = await run(args);
  expect(exitCode).not.toBe(0);
  expect(err).toContain(text);
});

it.each([
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31T10:00:00Z', '2026-01-31T10:00:00.000Z'],
  ['1d', '2026-01-30T00:00:00.000Z'],
  ['2w', '2026-01-17T00:00:00.000Z'],
  ['2026-13-40', null],
  ['soon', null],
  ['', null],
])('the date %j is %j', (text, expected) => {
  expect(readDate(text, Date.parse('2026-01-31T00:00:00Z'))).toBe(expected);
});
