import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { ModelkeepError } from '@modelkeep/core';
import { nodeFileSystem } from '@modelkeep/io';
import { buildFluxLora, buildVae } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import type { FolderWatcher, FolderWatcherEvents } from '@modelkeep/library';
import { findConfigFolders } from './config-folders.ts';
import type { ScanResult } from './scan-and-enrich.ts';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';

const vae = buildVae({ kind: 'sd', scale: 0.02 });

it('a scan of ComfyUI names the folders that its config leads to, and scans them when it is told to', async () => {
  await using folder = await tempFolder();
  const [app, elsewhere] = [folder.join('ComfyUI'), folder.join('sd')];
  for (const path of ['ComfyUI/comfy', 'ComfyUI/models/loras', 'ComfyUI/more', 'sd/models/VAE', 'library'])
    await mkdir(folder.join(path), { recursive: true });
  await writeFile(`${app}/main.py`, '');
  await writeFile(`${app}/models/loras/line.safetensors`, buildFluxLora({ scale: 0.02 }));
  await writeFile(`${app}/more/other.safetensors`, buildFluxLora({ scale: 0.02, fillSeed: 4 }));
  await writeFile(`${elsewhere}/models/VAE/sd.safetensors`, vae);
  await symlink(elsewhere, folder.join('linked'));
  const config = `${app}/extra_model_paths.yaml`;
  const sections = [
    `a111:\n  base_path: $DRIVE/\n  vae: |\n    models/VAE\n    models/gone\n`,
    `own:\n  loras: more\n  clip: ${folder.join('library')}\n`,
  ];
  await writeFile(config, sections.join(''));
  await using library = await openWorkspace({ root: folder.join('library') });
  const configVariables = { DRIVE: folder.join('linked') };

  const first = await library.scan(app, { configVariables }).result;
  expect(first.added.map(({ path }) => path)).toEqual([
    `${app}/models/loras/line.safetensors`,
    `${app}/more/other.safetensors`,
  ]);
  expect(first.configFolders).toEqual([
    { path: `${elsewhere}/models/VAE`, config, state: 'outside' },
    { path: folder.join('linked/models/gone'), config, state: 'missing' },
    { path: `${app}/more`, config, state: 'scanned' },
    { path: folder.join('library'), config, state: 'library' },
  ]);

  const second = await library.scan(app, { configVariables, followConfigs: true }).result;
  expect(second.added.map(({ path }) => path)).toEqual([`${elsewhere}/models/VAE/sd.safetensors`]);
  expect(second.configFolders.map(({ state }) => state)).toEqual(['scanned', 'missing', 'scanned', 'library']);
  // Without it they are left alone, and nothing is said of what is in them.
  const third = await library.scan(app, { configVariables }).result;
  expect([third.missing, third.added]).toEqual([[], []]);

  await writeFile(config, 'a: [');
  const broken = await library.scan(app, { followConfigs: true }).result;
  expect(broken.skipped).toMatchObject([{ path: config }]);
  expect(broken.configFolders).toEqual([]);
});

it('a watch follows the folders that the config names at the time, and asks about what comes', async () => {
  await using folder = await tempFolder();
  const [app, one, two] = [folder.join('ComfyUI'), folder.join('one'), folder.join('two')];
  for (const name of ['ComfyUI', 'one', 'two']) await mkdir(folder.join(name));
  const config = `${app}/extra_model_paths.yaml`;
  await writeFile(config, `a:\n  loras: ${one}\n`);
  await writeFile(`${one}/line.safetensors`, buildFluxLora({ scale: 0.02 }));
  await writeFile(`${two}/sd.safetensors`, vae);
  await using library = await openWorkspace({ root: folder.join('library') });
  const tellings = new Map<string, FolderWatcherEvents>();
  const watcher: FolderWatcher = (path, events) => {
    tellings.set(path, events);
    return () => void tellings.delete(path);
  };
  const enrich = { offline: true };
  const timing = { quietMs: 1, rescanMs: 3_600_000 };
  await using watch = library.watch(app, { followConfigs: true, enrich, watcher, ...timing });
  const reports = watch[Symbol.asyncIterator]();
  const next = async (): Promise<ScanResult> => (await reports.next()).value as ScanResult;
  const told = await next();
  expect(told.added.map(({ path }) => path)).toEqual([`${one}/line.safetensors`]);
  expect(told.enriched).toMatchObject({ total: 1, left: [{ id: told.added[0]?.id }] });
  // Once more, for what came between the scan and the watch of a folder.
  expect(await next()).toMatchObject({ added: [], enriched: { total: 0 } });
  expect([...tellings.keys()]).toEqual([app, one]);

  await writeFile(`${one}/other.safetensors`, buildFluxLora({ scale: 0.02, fillSeed: 4 }));
  tellings.get(one)?.onChange();
  expect(await next()).toMatchObject({ added: [{ path: `${one}/other.safetensors` }], enriched: { total: 1 } });

  await writeFile(config, `a:\n  vae: ${two}\n`);
  tellings.get(app)?.onChange();
  expect(await next()).toMatchObject({ added: [{ path: `${two}/sd.safetensors` }], missing: [] });
  expect(await next()).toMatchObject({ added: [] });
  expect([...tellings.keys()]).toEqual([app, two]);
});

it('a config that may not be looked at is told, and the others are read', async () => {
  await using folder = await tempFolder();
  const path = folder.join('closed/extra_model_paths.yaml');
  for (const name of ['closed', 'open', 'library']) await mkdir(folder.join(name));
  await writeFile(folder.join('open/extra_model_paths.yaml'), 'a:\n  base_path: .\n  vae: vae\n');
  const fileSystem = {
    ...nodeFileSystem,
    async lstat(file: string) {
      if (file === path) throw new ModelkeepError('io.permission', { message: 'not permitted', facts: { path } });
      return nodeFileSystem.lstat(file);
    },
  };
  const search = { fileSystem, library: folder.join('library'), follow: false };
  expect(await findConfigFolders([folder.join('closed'), folder.join('open')], search)).toMatchObject({
    folders: [{ path: folder.join('open/vae'), state: 'missing' }],
    problems: [{ path, reason: 'not permitted' }],
  });
});
