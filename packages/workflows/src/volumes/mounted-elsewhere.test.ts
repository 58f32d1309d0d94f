import { mkdir, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { buildFluxLora, createTestDrive } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { Workspace } from '../workspace/workspace.ts';

const [LINE, OTHER] = ['lora/flux1/line', 'lora/flux1/other'];

interface World extends AsyncDisposable {
  readonly at: (name: string) => string;
  /** Where a link of the app leads. */
  readonly target: (name: 'line' | 'other') => Promise<string>;
}

/** A library whose models, one in its own folder and one on a disk, are linked into an app. */
async function createWorld(disk: string): Promise<World> {
  const folder = await tempFolder();
  const at = (name: string): string => folder.join(name);
  await mkdir(at('ComfyUI/models'), { recursive: true });
  await writeFile(at('line.safetensors'), buildFluxLora({ scale: 0.02 }));
  await writeFile(at('other.safetensors'), buildFluxLora({ scale: 0.05 }));
  await using library = await openWorkspace({ root: at('library'), stateDir: at('state') });
  await library.addVolume(disk === '' ? at('disk') : disk, { label: 'disk' });
  await library.import(at('line.safetensors'), { volume: 'disk' }).result;
  await library.import(at('other.safetensors')).result;
  await (await library.planLinks('comfyui', { appRoot: at('ComfyUI') })).apply();
  return {
    at,
    target: (name) => readlink(at(`ComfyUI/models/loras/${name}.safetensors`)),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const healths = async (library: Workspace): Promise<readonly string[]> =>
  (await library.checkLinks()).map(({ health }) => health);

it('links lead to a drive that was mounted elsewhere as soon as a library is opened for writing, and nothing else is repaired', async (context) => {
  const made = await createTestDrive({ type: 'ext4', sizeBytes: 64 * 1024 * 1024 });
  if ('why' in made) {
    await context.annotate(`no drive could be mounted: ${made.why}`);
    return;
  }
  await using drive = made;
  await using folder = await tempFolder();
  await drive.plugIn(folder.join('here'));
  await using world = await createWorld(folder.join('here/models'));
  expect(await world.target('line')).toBe(`${folder.join('here/models')}/${LINE}/line.safetensors`);
  await drive.unplug();
  {
    await using library = await openWorkspace({ root: world.at('library'), stateDir: world.at('state') });
    expect((await library.volumes())[1]).toMatchObject({ state: 'offline' });
    expect((await healths(library)).toSorted()).toEqual(['broken', 'ok']);
  }
  await drive.plugIn(folder.join('there'));
  await rm(world.at('ComfyUI/models/loras/other.safetensors'));
  {
    // Who reads changes nothing, although this machine has a record of links of its own.
    await using reader = await openWorkspace({
      root: world.at('library'),
      stateDir: world.at('state'),
      mode: 'read',
    });
    expect((await healths(reader)).toSorted()).toEqual(['missing', 'moved']);
  }
  await using library = await openWorkspace({ root: world.at('library'), stateDir: world.at('state') });
  expect(await world.target('line')).toBe(`${folder.join('there/models')}/${LINE}/line.safetensors`);
  expect((await healths(library)).toSorted()).toEqual(['missing', 'ok']);
  await library.close();
  await drive.unplug();
});

it('links follow a drive that comes back at another place to an open library', async () => {
  await using world = await createWorld('');
  await rename(world.at('disk'), world.at('away'));
  await using library = await openWorkspace({ root: world.at('library'), stateDir: world.at('state') });
  expect((await healths(library)).toSorted()).toEqual(['broken', 'ok']);
  await library.addVolume(world.at('away'));
  expect(await world.target('line')).toBe(`${world.at('away')}/${LINE}/line.safetensors`);
  expect(await healths(library)).toEqual(['ok', 'ok']);
});

it('links follow a library that was carried to another folder with its drives, once', async () => {
  await using world = await createWorld('');
  await mkdir(world.at('elsewhere'));
  for (const name of ['library', 'disk']) await rename(world.at(name), world.at(`elsewhere/${name}`));
  await using library = await openWorkspace({ root: world.at('elsewhere/library'), stateDir: world.at('state') });
  expect(await world.target('line')).toBe(`${world.at('elsewhere/disk')}/${LINE}/line.safetensors`);
  expect(await world.target('other')).toBe(`${world.at('elsewhere/library')}/${OTHER}/other.safetensors`);
  expect(await healths(library)).toEqual(['ok', 'ok']);
});
