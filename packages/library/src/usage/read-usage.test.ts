import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFileSystem, probeLinks } from '@modelkeep/io';
import { buildFluxLora, buildVae } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';

const lora = buildFluxLora({ scale: 0.02 });
const vae = buildVae({ kind: 'sd', scale: 0.02 });

it('the room of a library is told as it is: apparent, on the drive, shared, to be had back', async () => {
  await using folder = await tempFolder();
  const root = join(folder.path, 'library');
  await writeFile(join(folder.path, 'line.safetensors'), lora);
  await writeFile(join(folder.path, 'vae.safetensors'), vae);
  await using store = await openTestStore({ root });
  await store.import([join(folder.path, 'line.safetensors'), join(folder.path, 'vae.safetensors')]).result;
  const { hardlink, reflink } = await probeLinks(nodeFileSystem, root);
  const before = await store.usage();
  expect(before).toMatchObject({ bytesReclaimable: 0, reclaimableUnknown: null, bytesInTrash: 0, bytesUnfinished: 0 });
  expect(before.bytesApparent).toBeGreaterThanOrEqual(lora.length + vae.length);
  expect(before.bytesOnDisk).toBeGreaterThanOrEqual(lora.length + vae.length);
  if (hardlink && !reflink) expect(before.bytesShared).toBe(lora.length + vae.length);

  await rm(join(root, 'vae/other/vae'), { recursive: true });
  await writeFile(join(store.layout.quarantine, 'bad'), 'bad');
  const after = await store.usage();
  expect(after.bytesReclaimable).toBeGreaterThanOrEqual(vae.length);
  expect(after.bytesInQuarantine).toBeGreaterThan(0);
  await store.collectGarbage({ graceMs: 0 }).result;
  expect((await store.usage()).bytesInTrash).toBeGreaterThanOrEqual(vae.length);

  await writeFile(join(root, 'lora/flux1/line/metadata.json'), '{');
  expect(await store.usage()).toMatchObject({
    bytesReclaimable: null,
    reclaimableUnknown: expect.stringContaining('metadata.json'),
  });
  await expect(store.usage({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
});
