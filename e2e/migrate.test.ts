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
  });
  for (const line of lines) {
    const words = line.map((word) => word.replace(/^\/(old|backup)(?=\/)/u, folder.join('$1')));
    const run = await runCli(words, { environment: { MODELKEEP_ROOT: folder.join('library') } });
    expect(run.exitCode, `${line.join(' ')}\n${run.stderr}`).toBe(0);
    expect(run.stdout, line.join(' ')).not.toBe('');
  }
}, 60_000);
