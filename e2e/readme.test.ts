import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildFluxLora, demoRepos, startCivitai, startHub } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { writeCachedCommit, writeOllamaModel } from '../packages/library/src/stores/stores.test-helper.ts';
import { runCli } from './run-cli.ts';
import { testFolder } from './test-folder.ts';

const readme = join(import.meta.dirname, '..', 'README.md');

/** The lines of the read-me that run the command, without the comments behind them. */
async function commands(): Promise<string[][]> {
  const text = await readFile(readme, 'utf8');
  const lines = [...text.matchAll(/^node \$modelkeep (.*)$/gm)].map(([, line = '']) => line.replace(/\s+#.*$/, ''));
  return lines.map((line) => line.split(/\s+/).map((word) => word.replaceAll("'", '')));
}

it('every command of the read-me works, one after the other, with the folders and the hub of a test', async () => {
  await using folder = await testFolder();
  await using hub = await startHub({ repos: demoRepos({ scale: 0.1 }) });
  const files = [{ id: 1, name: 'of-civitai.safetensors', content: buildFluxLora({ scale: 0.1, fillSeed: 6 }) }];
  await using site = await startCivitai({
    models: [{ id: 101_055, name: 'Lines', versions: [{ id: 128_078, files }] }],
  });
  await mkdir(folder.join('ComfyUI', 'models'), { recursive: true });
  await mkdir(folder.join('ComfyUI', 'comfy'));
  for (const name of ['folder_paths.py', 'nodes.py']) await writeFile(folder.join('ComfyUI', name), '');
  await mkdir(folder.join('home', 'Downloads'), { recursive: true });
  await writeFile(folder.join('home', 'Downloads', 'some-lora.safetensors'), buildFluxLora({ scale: 0.1 }));
  await writeFile(
    folder.join('home', 'Downloads', 'other-lora.safetensors'),
    buildFluxLora({ scale: 0.1, fillSeed: 2 }),
  );
  await writeFile(folder.join('ComfyUI', 'models', 'third.safetensors'), buildFluxLora({ scale: 0.1, fillSeed: 3 }));
  await writeCachedCommit(folder.join('home', '.cache', 'huggingface', 'hub'), {
    repo: 'acme/lines',
    commit: 'c'.repeat(40),
    refs: ['main'],
    files: { 'line.safetensors': buildFluxLora({ scale: 0.1, fillSeed: 4 }) },
  });
  const pipeline = demoRepos({ scale: 0.1 }).find(({ files: parts }) =>
    parts.some((part) => part.path === 'model_index.json'),
  );
  for (const { path, content } of pipeline?.files ?? []) {
    const part = folder.join('home', 'models', 'FLUX.1-dev', ...path.split('/'));
    await mkdir(dirname(part), { recursive: true });
    await writeFile(part, content as Uint8Array);
  }
  const layers = [{ kind: 'model', bytes: buildFluxLora({ scale: 0.1, fillSeed: 5 }) }];
  await writeOllamaModel(folder.join('home', '.ollama', 'models'), 'library/tiny:latest', layers);
  const here = (word: string): string =>
    word
      .replace(/^~/, folder.join('home'))
      .replace('/apps/ComfyUI', folder.join('ComfyUI'))
      .replace('/mnt/disk', folder.join('disk'))
      .replace(/^models\.jsonl$/, folder.join('models.jsonl'))
      .replace('http://127.0.0.1:8090', hub.hubUrl);
  const environment = {
    MODELKEEP_ROOT: folder.join('library'),
    HF_ENDPOINT: hub.hubUrl,
    CIVITAI_ENDPOINT: site.siteUrl,
  };

  const lines = await commands();
  expect(lines.length).toBeGreaterThan(11);
  expect(new Set(lines.map(([command]) => command))).toEqual(
    new Set(
      (
        'get import scan lookup identify enrich search list show edit history updates update versions release pin unpin evict restore ' +
        'room servers link links apps map undo unlink export import-metadata delete verify gc dedupe hash ' +
        'rebuild doctor volumes move relocate trash undelete'
      ).split(' '),
    ),
  );
  for (const line of lines) {
    const run = await runCli(
      line.map((word) => here(word)),
      { environment },
    );
    expect(run.exitCode, `${line.join(' ')}\n${run.stderr}`).toBe(0);
    expect(run.stdout, line.join(' ')).not.toBe('');
  }
  // Sixty processes, one after the other, each of which opens a library: a minute, two on a slow machine.
}, 300_000);
