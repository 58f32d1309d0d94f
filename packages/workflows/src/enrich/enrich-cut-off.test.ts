import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFluxLora, startCivitai } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { openWorkspace } from '../workspace/open-workspace.ts';
import { tempFolder } from '../workspace.test-helper.ts';

const MODELS = 6;
/** Questions after which a run is killed. */
const POINTS = Math.min(MODELS, Number(process.env['MODELKEEP_KILL_POINTS'] ?? 2));
const loras = Array.from({ length: MODELS }, (_, index) => buildFluxLora({ scale: 0.02, fillSeed: index + 1 }));

it('a run that is killed amidst its questions loses nothing, and the next one ends where one would', async () => {
  await using folder = await tempFolder();
  await using site = await startCivitai({
    models: loras.map((content, index) => ({
      id: index + 1,
      name: `Line ${index}`,
      tags: [`tag ${index}`],
      versions: [
        {
          id: 70 + index,
          baseModel: 'Flux.1 D',
          trainedWords: [`ink ${index}`],
          files: [{ id: 700 + index, name: 'line.safetensors', content }],
        },
      ],
    })),
  });
  const root = folder.join('library');
  const apps = folder.join('apps');
  await mkdir(apps);
  for (const [index, content] of loras.entries()) await writeFile(join(apps, `${index}.safetensors`), content);
  const open = () => openWorkspace({ root, civitai: { endpoint: site.siteUrl } });
  {
    await using workspace = await open();
    await workspace.scan(apps).result;
  }
  for (let point = 1; point <= POINTS; point += 1) {
    const questions = Math.ceil((point * MODELS) / POINTS);
    site.resetRequests();
    await killedAfter(questions, { root, endpoint: site.siteUrl, asked: () => site.requests.length });
    await using workspace = await open();
    expect(await workspace.verify().result).toMatchObject({ problems: [] });
    const models = await workspace.list();
    expect(models).toHaveLength(MODELS);
    const words = models.map(({ triggerWords }) => triggerWords.join());
    expect(words.filter((word) => word !== '' && !/^ink \d$/.test(word))).toEqual([]);
  }
  await using workspace = await open();
  expect(await workspace.enrich({ pages: true }).result).toMatchObject({ total: MODELS, left: [], failures: [] });
  const models = await workspace.list();
  const told = models.map(({ triggerWords, tags }) => [...triggerWords, ...tags].join()).toSorted();
  expect(told).toEqual(loras.map((_, index) => `ink ${index},tag ${index}`));
  site.resetRequests();
  expect(await workspace.enrich({ pages: true }).result).toMatchObject({ updated: [], hashesAsked: 0 });
  expect(site.requests).toEqual([]);
}, 240_000);

/** Runs a process that enriches, and ends it once it has asked so often, or when it has nothing left to ask. */
async function killedAfter(
  questions: number,
  { root, endpoint, asked }: { readonly root: string; readonly endpoint: string; readonly asked: () => number },
): Promise<void> {
  const program = fileURLToPath(new URL('./enrich-cut-off.test-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=modelkeep-source', program, root, endpoint], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  while (child.exitCode === null && child.signalCode === null && asked() < questions)
    await new Promise((resolve) => setTimeout(resolve, 2));
  child.kill('SIGKILL');
  await ended;
}
