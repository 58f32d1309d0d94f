import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type TestWorld } from '../mapper.test-world.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

/** What the folders of the apps have in them, as their repositories and installers leave it; a name that ends in / is a folder. */
const webui = {
  'webui.py': '',
  'modules/sd_models.py': '',
  'extensions-builtin/': '',
  'CHANGELOG.md': '## 1.10.1\n\n### x',
};
const installations: readonly (readonly [string, Readonly<Record<string, string>>, string | null, string | null])[] = [
  [
    'comfyui',
    { 'folder_paths.py': '', 'nodes.py': '', 'comfy/': '', 'comfyui_version.py': '# x\n__version__ = "0.3.64"\n' },
    '0.3.64',
    '0.3.64',
  ],
  ['automatic1111', webui, '1.10.1', '1.10.1'],
  ['forge', { ...webui, 'modules_forge/forge_version.py': "version = '2.0.1v1.10.1'\n" }, '2.0.1v1.10.1', '2.0.1'],
  [
    'reforge',
    { ...webui, 'k_diff/': '', 'modules_forge/forge_version.py': "version = '1.0.0v2-v1.10.1RC'\n" },
    '1.0.0v2-v1.10.1RC',
    '1.0.0',
  ],
  [
    'sdnext',
    { ...webui, 'installer.py': '', 'CHANGELOG.md': '# Change Log for SD.Next\r\n\r\n## Update for 2026-07-23\r\n' },
    '2026-07-23',
    '2026.7.23',
  ],
  ['swarmui', { 'src/SwarmUI.csproj': '<Project>\n    <Version>0.9.8.2</Version>' }, '0.9.8.2', '0.9.8'],
  ['fooocus', { 'entry_with_update.py': '', 'fooocus_version.py': "version = '2.5.5'\n" }, '2.5.5', '2.5.5'],
  ['invokeai', { 'invokeai.yaml': 'schema_version: 4.0.2\n', 'databases/': '' }, null, null],
  ['kohya', { 'library/train_util.py': '', 'train_network.py': '' }, null, null],
  ['lm-studio', { 'models/': '', '.internal/': '' }, null, null],
  ['ollama', { 'manifests/': '', 'blobs/': '' }, null, null],
  ['jan', { 'llamacpp/': '', 'threads/': '' }, null, null],
  ['llama-cpp', { 'ggml/': '', 'common/': '', 'tools/server/': '' }, null, null],
  ['text-generation-webui', { 'server.py': '', 'one_click.py': '', 'modules/text_generation.py': '' }, null, null],
  ['transformers', { 'models--acme--tiny/': '' }, null, null],
];

describe('detectApps', () => {
  it.each(installations)('%s by its own files', async (app, files, appVersion, version) => {
    const root = join(world.root, 'apps', app);
    await mkdir(root, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(root, name.endsWith('/') ? name : dirname(name)), { recursive: true });
      if (!name.endsWith('/')) await writeFile(join(root, name), text);
    }
    const detected = await world.mapper.detectApps(root);
    expect(detected.map((one) => one.app)).toEqual([app]);
    expect(detected[0]).toMatchObject({ appRoot: root, appVersion, version });
    const plan = await world.mapper
      .planLinks({ app, appRoot: root, models: [], way: detected[0]?.ways.find(({ kind }) => kind !== 'config')?.kind })
      .catch((error: unknown) => error);
    expect(plan).not.toMatchObject({ warnings: [{ code: 'not-recognised' }] });
  });

  it('an empty folder is nothing, and a folder that is not there is said', async () => {
    await mkdir(join(world.root, 'empty'));
    expect(await world.mapper.detectApps(join(world.root, 'empty'))).toEqual([]);
    await expect(world.mapper.detectApps(join(world.root, 'absent'))).rejects.toMatchObject({
      code: 'mapper.app-root',
    });
  });

  it('a version file that is huge, a folder or without an end says nothing', async () => {
    const root = join(world.root, 'apps');
    await mkdir(join(root, 'comfy'), { recursive: true });
    for (const name of ['folder_paths.py', 'nodes.py']) await writeFile(join(root, name), '');
    await mkdir(join(root, 'comfyui_version.py'));
    await writeFile(join(root, 'pyproject.toml'), `[project]\nversion = "${'1'.repeat(5000)}"\n`);
    expect(await world.mapper.detectApps(root)).toMatchObject([{ app: 'comfyui', appVersion: null }]);
  });
});
