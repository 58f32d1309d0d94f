import { mkdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { buildFluxLora } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';

const lora = buildFluxLora({ scale: 0.02 });

it.each(['copy', 'move'] as const)(
  'links to an adopted model lead into the library after an import by %s',
  async (mode) => {
    await using folder = await tempFolder();
    await using library = await openWorkspace({ root: folder.join('library') });
    const [models, app] = [folder.join('models'), folder.join('ComfyUI')];
    const file = `${models}/line.safetensors`;
    await mkdir(models);
    await mkdir(`${app}/models`, { recursive: true });
    await writeFile(file, lora);
    const { added } = await library.scan(models).result;
    await (await library.planLinks('comfyui', { appRoot: app })).apply();
    const link = `${app}/models/loras/line.safetensors`;
    expect(await readlink(link)).toBe(file);

    const taken: (string | undefined)[] = [];
    const onTakenIn = async ({ id }: { readonly id: string }): Promise<void> => {
      taken.push(id, await readFile(file, 'latin1').then(() => 'still there'));
    };
    const { models: imported } = await library.import(file, { mode, onTakenIn }).result;
    expect(imported.map(({ id }) => id)).toEqual([added[0]?.id]);
    expect(taken).toEqual([added[0]?.id, 'still there']);
    expect(await readlink(link)).toBe(`${library.folderOf(await library.get('lora/flux1/line'))}/line.safetensors`);
    expect(Buffer.compare(await readFile(link), lora)).toBe(0);
    expect((await library.checkLinks({ app: 'comfyui' })).map(({ health }) => health)).toEqual(['ok']);
  },
);
