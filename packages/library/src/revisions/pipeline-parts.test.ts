import { join } from 'node:path';
import { buildFluxLora, createModelFileSystem } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import type { ModelRecord } from '@modelkeep/core';
import type { LibraryStore } from '../open-library-store.ts';
import { createModelStores, type Drive } from '../proofs/model-store.test-helper.ts';
import { download, lora, otherLora, vae } from '../proofs/scenes.test-helper.ts';

const again = (note: string): Uint8Array => buildFluxLora({ scale: 0.005, metadata: { note } });
const description = Buffer.from(
  JSON.stringify({
    _class_name: 'Pipeline',
    scheduler: ['diffusers', 'EulerScheduler'],
    safety_checker: ['stable_diffusion', 'SafetyChecker'],
    unet: ['diffusers', 'Unet'],
    text_encoder: ['transformers', 'TextModel'],
    vae: ['diffusers', 'Autoencoder'],
  }),
);
const parts: Readonly<Record<string, Readonly<Record<string, Uint8Array>>>> = {
  unet: { 'model_index.json': description, 'unet/diffusion_pytorch_model.safetensors': lora },
  vae: { 'vae/diffusion_pytorch_model.fp16.safetensors': vae, 'vae/config.json': Buffer.from('{}') },
  text: { 'text_encoder/model-00001-of-00002.safetensors': otherLora },
};

async function get(store: LibraryStore, drive: Drive, names: readonly string[], commit = 'a'): Promise<void> {
  for (const name of names) await download(store, drive, { commit, files: parts[name] ?? {} });
}

async function models(store: LibraryStore): Promise<readonly ModelRecord[]> {
  return (await store.index.list()).records;
}

const weightsNames = ({ files }: ModelRecord): readonly string[] =>
  files.filter(({ role }) => role === 'weights').map(({ name }) => name);

it.each([
  [['unet', 'vae', 'text']],
  [['unet', 'text', 'vae']],
  [['vae', 'unet', 'text']],
  [['vae', 'text', 'unet']],
  [['text', 'vae', 'unet']],
])('a pipeline that is fetched in the parts %j is one model, and says what it lacks', async (order) => {
  await using stores = await createModelStores();
  const drive = createModelFileSystem();
  await using store = await stores.open(drive);
  await get(store, drive, order);
  const found = (await models(store)).filter(({ format }) => format === 'diffusers');
  expect(found).toHaveLength(1);
  const [pipeline] = found;
  if (pipeline === undefined) return;
  expect(weightsNames(pipeline)).toEqual([
    'text_encoder/model-00001-of-00002.safetensors',
    'unet/diffusion_pytorch_model.safetensors',
    'vae/diffusion_pytorch_model.fp16.safetensors',
  ]);
  expect(pipeline.files.map(({ name }) => name)).toContain('vae/config.json');
  expect([pipeline.complete, [...pipeline.expectedFiles].toSorted()]).toEqual([
    false,
    [
      'text_encoder/model-00001-of-00002.safetensors',
      'text_encoder/model-00002-of-00002.safetensors',
      'unet/diffusion_pytorch_model.safetensors',
      'vae/diffusion_pytorch_model.fp16.safetensors',
    ],
  ]);
  for (const name of weightsNames(pipeline)) {
    expect((await drive.fileSystem.lstat(join('/library', pipeline.slug, name))).kind).toBe('file');
  }
  expect((await store.verify()).problems).toEqual([]);

  await download(store, drive, { commit: 'a', files: { 'text_encoder/model-00002-of-00002.safetensors': lora } });
  expect((await store.resolve(pipeline.id)).complete).toBe(true);
  const { revision } = await store.resolve(pipeline.id);
  await get(store, drive, order);
  expect((await store.resolve(pipeline.id)).revision).toBe(revision);
});

it('what is another precision, of another commit or was evicted is another model', async () => {
  await using stores = await createModelStores();
  const drive = createModelFileSystem();
  await using store = await stores.open(drive);
  await get(store, drive, ['unet', 'vae']);
  const [first] = await models(store);
  expect(first).toMatchObject({ format: 'diffusers', complete: false });
  expect(first?.expectedFiles).toContain('text_encoder/model.safetensors');
  const other = { 'vae/diffusion_pytorch_model.safetensors': again('fp32') };
  await download(store, drive, { commit: 'a', files: other });
  expect(await models(store)).toHaveLength(2);
  await get(store, drive, ['vae'], 'b');
  expect(await models(store)).toHaveLength(3);
  await store.evict({ freeBytes: 1e9 }).result;
  await get(store, drive, ['text']);
  expect((await models(store)).filter(({ evictedAt }) => evictedAt === undefined)).toMatchObject([
    { format: 'safetensors' },
  ]);
  expect((await store.verify()).problems).toEqual([]);
});
