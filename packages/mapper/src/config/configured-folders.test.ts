import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFileSystem } from '@modelkeep/io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfiguredFolders } from './configured-folders.ts';
import { comfyuiFolders, type ComfyuiFoldersOptions } from './formats/comfyui-folders.ts';

const options: ComfyuiFoldersOptions = {
  configFolder: '/apps/ComfyUI',
  home: '/home/me',
  platform: 'linux',
  variables: { DRIVE: '/mnt/big' },
};

describe('the folders of extra_model_paths.yaml', () => {
  it.each([
    [
      'a base path and lines below it',
      'a111:\n  base_path: /sd\n  checkpoints: models/Stable-diffusion\n',
      ['/sd/models/Stable-diffusion'],
    ],
    [
      'several lines',
      'a:\n  base_path: /sd/\n  loras: |\n    models/Lora\n    models/LyCORIS\n\n',
      ['/sd/models/Lora', '/sd/models/LyCORIS'],
    ],
    ['absolute lines below a base path', 'a:\n  base_path: /sd\n  vae: /other/vae\n', ['/other/vae']],
    ['lines without a base path', 'a:\n  vae: ../shared/vae\n', ['/apps/shared/vae']],
    ['a relative base path', 'a:\n  base_path: ../sd\n  vae: vae\n', ['/apps/sd/vae']],
    ['the home folder', 'a:\n  base_path: ~/models\n  vae: vae\n', ['/home/me/models/vae']],
    [
      'variables',
      'a:\n  base_path: $DRIVE/x\n  vae: vae\nb:\n  base_path: ${DRIVE}\n  vae: v\n',
      ['/mnt/big/x/vae', '/mnt/big/v'],
    ],
    ['a variable that is not set', 'a:\n  base_path: $NONE/x\n  vae: vae\n', ['/apps/ComfyUI/$NONE/x/vae']],
    ['no variables and no home in a line', 'a:\n  base_path: /sd\n  vae: ~/vae\n', ['/sd/~/vae']],
    [
      'several sections, an empty one, and the same folder twice',
      'a:\n  base_path: /x\n  is_default: true\n  vae: v\n  clip: v\nb:\nc:\n  vae: /y\n',
      ['/x/v', '/y'],
    ],
    ['no plugins, and not our own section', 'a:\n  custom_nodes: /nodes\nmodelkeep:\n  vae: /view/vae\n', []],
    ['values that are no text', 'a:\n  vae: [1, 2]\n  loras: 3\n  clip: /c\nb: text\n', ['/c']],
    ['nothing but comments', '# all is commented out\n', []],
  ])('are read as ComfyUI does: %s', (_name, text, folders) => {
    expect(comfyuiFolders(text, options)).toEqual(folders);
  });

  it('are read with the rules of Windows there', () => {
    const text = 'a:\n  base_path: "%APPDATA%\\\\models"\n  vae: vae\n  loras: D:/loras\n';
    const windows = {
      ...options,
      platform: 'win32',
      configFolder: 'C:\\ComfyUI',
      variables: { APPDATA: 'C:\\Data' },
    } as const;
    expect(comfyuiFolders(text, windows)).toEqual(['C:\\Data\\models\\vae', 'D:\\loras']);
  });

  it.each(['a: [', '- a\n- b\n', 'a: &x\n  b: *y\n'])('are unknown in what is no such file: %j', (text) => {
    expect(comfyuiFolders(text, options)).toBeNull();
  });
});

describe('where else an app looks', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'modelkeep-configured-'));
    await mkdir(join(folder, 'ComfyUI'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is told with what is there, what is missing, and what is too much', async () => {
    const config = join(folder, 'ComfyUI', 'extra_model_paths.yaml');
    await mkdir(join(folder, 'real', 'loras'), { recursive: true });
    await mkdir(join(folder, 'home', 'me'), { recursive: true });
    await symlink(join(folder, 'real'), join(folder, 'named'));
    await writeFile(config, `a:\n  base_path: ${folder}/named\n  loras: loras\n  vae: gone\n  clip: ../home\n`);
    const read = await readConfiguredFolders(join(folder, 'ComfyUI'), {
      fileSystem: nodeFileSystem,
      home: join(folder, 'home', 'me'),
    });
    expect(read).toEqual({
      problems: [],
      folders: [
        { path: join(folder, 'real', 'loras'), config, state: 'there' },
        { path: join(folder, 'named', 'gone'), config, state: 'missing' },
        { path: join(folder, 'home'), config, state: 'too-wide' },
      ],
    });
  });

  it('is nowhere without a file, and a file that cannot be used is a problem', async () => {
    const read = (): ReturnType<typeof readConfiguredFolders> =>
      readConfiguredFolders(join(folder, 'ComfyUI'), { fileSystem: nodeFileSystem });
    expect(await read()).toEqual({ folders: [], problems: [] });
    const path = join(folder, 'ComfyUI', 'extra_model_paths.yaml');
    await writeFile(path, 'a: [');
    expect(await read()).toMatchObject({ folders: [], problems: [{ path }] });
    await writeFile(path, Buffer.from([0xff, 0xfe, 0x00]));
    expect((await read()).problems).toHaveLength(1);
    expect(await readConfiguredFolders(join(folder, 'none'), { fileSystem: nodeFileSystem })).toEqual({
      folders: [],
      problems: [],
    });
  });
});
