import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { buildFluxLora } from '@modelkeep/testing';
import { openLibrary, type Library } from 'modelkeep';
import { expect, it } from 'vitest';
import { filesBelow, testFolder, type TestFolder } from './test-folder.ts';

/* With MODELKEEP_COMFYUI ComfyUI's own code says what it sees; without it the tree in the folder that it reads does. */
const checkout = process.env['MODELKEEP_COMFYUI'] ?? '';
const program = `
import json, os, sys
sys.argv = [sys.argv[0]]
sys.path.insert(0, os.getcwd())
import folder_paths
if os.path.exists("extra_model_paths.yaml"):
    from utils.extra_config import load_extra_path_config
    load_extra_path_config("extra_model_paths.yaml")
names = folder_paths.get_filename_list("loras")
for name in names:
    assert os.path.getsize(folder_paths.get_full_path("loras", name)) > 0, name
print(json.dumps(names))
`;

/** An installation of ComfyUI that says its own version. */
interface App {
  readonly appRoot: string;
  readonly way: 'links' | 'config';
  upgrade(version: string): Promise<void>;
  /** The LoRAs that it lists. */
  seen(): Promise<readonly string[]>;
}

async function install(folder: TestFolder, way: App['way']): Promise<App> {
  const appRoot = folder.join('ComfyUI');
  await mkdir(`${appRoot}/models/loras`, { recursive: true });
  if (checkout !== '') await cp(checkout, appRoot, { recursive: true, filter: (path) => !path.includes('.git') });
  return {
    appRoot,
    way,
    upgrade: (version) => writeFile(`${appRoot}/comfyui_version.py`, `__version__ = "${version}"\n`),
    async seen() {
      if (checkout !== '') {
        const { stdout } = await promisify(execFile)('python3', ['-c', program], { cwd: appRoot });
        return (JSON.parse(stdout) as string[]).toSorted();
      }
      const yaml = await readFile(`${appRoot}/extra_model_paths.yaml`, 'utf8').catch(() => '');
      const named = /^ {2}loras: "(?<folder>.*)"$/mu.exec(yaml)?.groups?.['folder'];
      const folders = [`${appRoot}/models/loras`, ...(named === undefined ? [] : [named])];
      const names = (await Promise.all(folders.map(filesBelow))).flat();
      return names.filter((name) => name.endsWith('.safetensors'));
    },
  };
}

async function map(library: Library, { appRoot, way }: App): Promise<Awaited<ReturnType<typeof planned>>> {
  const links = await planned(library, { appRoot, way });
  const applied = await links.apply();
  expect(applied.counts).toMatchObject({ conflict: 0, failed: 0 });
  return links;
}

const planned = (library: Library, { appRoot, way }: Pick<App, 'appRoot' | 'way'>) =>
  library.planLinks('comfyui', { appRoot, way });

it.each(['links', 'config'] as const)(
  `a model that is added is seen by the app under its own name, and ages out by a range of versions: by %s${checkout === '' ? ' (the tree alone: MODELKEEP_COMFYUI names no checkout)' : ''}`,
  async (way) => {
    await using folder = await testFolder();
    const file = folder.join('line drawing.safetensors');
    await writeFile(file, buildFluxLora({ scale: 0.02 }));
    await using library = await openLibrary({ root: folder.join('library'), environment: {} });
    const app = await install(folder, way);
    await app.upgrade('0.3.64');

    const [model] = (await library.import([file]).result).models;
    const id = model?.id ?? '';
    expect(model).toMatchObject({ type: 'lora', family: 'flux1' });
    await library.edit(id, { name: 'Line drawing', tags: ['ink'] });
    await library.editMapping(id, { app: 'comfyui', name: 'ink', folder: 'people' });
    const found = async (options = {}): Promise<readonly string[]> =>
      (await library.search('ink', options)).models.map((one) => one.id);
    expect([await found(), await found({ app: 'comfyui' })]).toEqual([[id], []]);

    await map(library, app);
    expect(await found({ app: 'comfyui' })).toEqual([id]);
    expect(await app.seen()).toEqual(['people/ink.safetensors']);
    expect((await library.checkLinks()).map(({ health, link }) => [health, link.modelId])).toEqual([['ok', id]]);

    await library.editMapping(id, { app: 'comfyui', versions: '<0.4.0' });
    expect((await map(library, app)).plan.counts).toMatchObject({ keep: 1, create: 0, replace: 0, remove: 0 });
    expect(await app.seen()).toEqual(['people/ink.safetensors']);

    await app.upgrade('0.4.0');
    const links = await planned(library, app);
    expect(links.plan.entries.map(({ action, reason }) => [action, reason?.code])).toEqual([
      ['remove', 'no-longer-mapped'],
      ['skipped', 'version-excluded'],
    ]);
    await links.apply();
    expect(await app.seen()).toEqual([]);
    expect([await library.checkLinks(), await found({ app: 'comfyui' }), await found()]).toEqual([[], [], [id]]);
    expect((await library.get(id)).files).toHaveLength(1);

    await links.undo();
    expect(await app.seen()).toEqual(['people/ink.safetensors']);
    await map(library, app);
    expect(await app.seen()).toEqual([]);

    await app.upgrade('0.3.65');
    await map(library, app);
    expect(await app.seen()).toEqual(['people/ink.safetensors']);
  },
  60_000,
);
