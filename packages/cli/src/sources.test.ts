import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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
    const failed = await runCli('enrich', '--renew', '--max-nsfw-level', '3');
    expect(failed).toMatchObject({ exitCode: 1 });
    expect(failed.stderr).toContain('error: civitai:');
    expect(await runCli('enrich', '--max-nsfw-level', 'x')).toMatchObject({ exitCode: 2 });
  });
});
