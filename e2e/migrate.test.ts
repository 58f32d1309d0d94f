import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFluxLora } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { writeRegistry } from '../packages/workflows/src/migrate/registry/registry.test-helper.ts';
import { runCli } from './run-cli.ts';
import { testFolder } from './test-folder.ts';

const docs = join(import.meta.dirname, '..', 'docs', 'migrate.md');

it('every command of docs/migrate.md works, one after the other', async () => {
  await using folder = await testFolder();
  const text = await readFile(docs, 'utf8');
  const lines = [...text.matchAll(/^modelkeep (.*)$/gm)].map(([, line = '']) =>
    line.split(/\s+/).map((word) => word.replaceAll("'", '')),
  );
  expect(lines.length).toBeGreaterThan(3);
  for (const name of ['old', 'backup', 'models']) await mkdir(folder.join(name));
  const path = folder.join('models', 'line.safetensors');
  await writeFile(path, buildFluxLora({ scale: 0.02 }));
  await writeRegistry(folder.join('old', 'mobilesd_models.sqlite'), {
    models: [{ id: 1, name: 'Line', local_path: path }],
    aliases: [{ id: 1, path: 'D:\\SD\\Lora\\line.safetensors' }],
    servers: [{ id: 1, server: 'gpu-1', seen: '2026-01-02 10:00:00' }],
  });
  const done = { completed: true, repo_id: 'acme/x', timestamp: '2025-03-01T10:00:00Z', size_bytes: 5 };
  await writeFile(folder.join('old', '.manifest.json'), JSON.stringify({ flux: done }));
  await writeFile(
    folder.join('old', '.progress.json'),
    JSON.stringify({ flux: { status: 'complete', percentage: 100 } }),
  );
  await writeFile(
    folder.join('old', '.api_tokens.json'),
    JSON.stringify({ hf_token: 'hf_secret', civitai_token: null }),
  );
  await mkdir(folder.join('old', 'loras', 'ink'), { recursive: true });
  await writeFile(folder.join('old', 'loras', 'ink', 'ink.safetensors'), buildFluxLora({ scale: 0.02, fillSeed: 2 }));
  await writeFile(folder.join('old', 'loras', 'ink', 'settings.json'), JSON.stringify({ 'activation text': 'in ink' }));
  const environment = { MODELKEEP_ROOT: folder.join('library') };
  for (const line of lines) {
    const words = line.map((word) => word.replace(/^\/(old|backup)(?=\/)/u, folder.join('$1')));
    const run = await runCli(words, { environment });
    expect(run.exitCode, `${line.join(' ')}\n${run.stderr}`).toBe(0);
    expect(run.stdout, line.join(' ')).not.toBe('');
    expect(run.stdout + run.stderr).not.toContain('hf_secret');
  }
  const ink = await runCli(['show', 'ink.safetensors', '--json'], { environment });
  expect(ink.json()).toMatchObject({ triggerWords: ['in ink'] });
}, 60_000);
