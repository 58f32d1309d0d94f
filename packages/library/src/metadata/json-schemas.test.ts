import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildFluxLora } from '@modelkeep/testing';
import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';

const require = createRequire(import.meta.url);

const read = async (path: string): Promise<object> => JSON.parse(await readFile(path, 'utf8')) as object;

async function validatorOf(name: string): Promise<ValidateFunction> {
  const schema = await read(require.resolve(`@modelkeep/core/schemas/${name}.schema.json`));
  return new Ajv2020({ allErrors: true, validateFormats: false }).compile(schema as AnySchema);
}

it('what the library writes is what the published JSON Schemas say, and what it would refuse is not', async () => {
  await using folder = await tempFolder();
  await using store = await openTestStore({ root: join(folder.path, 'library') });
  await writeFile(join(folder.path, 'line.safetensors'), buildFluxLora({ scale: 0.02 }));
  const { models } = await store.import([join(folder.path, 'line.safetensors')]).result;
  const slug = models[0]?.slug ?? '';
  await store.edit(slug, { licence: 'mit', tags: ['a'] });
  const metadata = await read(join(store.root, slug, 'metadata.json'));
  const overrides = await read(join(store.root, slug, 'overrides.json'));
  const volume = await read(join(store.root, 'modelkeep.json'));

  const isMetadata = await validatorOf('metadata');
  expect([isMetadata(metadata), isMetadata.errors]).toEqual([true, null]);
  expect(isMetadata({ ...metadata, fromLater: 1, schema: 2, format: 'safetensors-2' })).toBe(true);
  for (const wrong of [{ files: [] }, { id: '../x' }, { revision: 0 }, { layers: { user: {} } }]) {
    expect(isMetadata({ ...metadata, ...wrong }), JSON.stringify(wrong)).toBe(false);
  }
  const isOverrides = await validatorOf('overrides');
  expect([isOverrides(overrides), isOverrides.errors]).toEqual([true, null]);
  const withSchema = { $schema: 'urn:modelkeep:schema:overrides:1', version_ranges: { comfyui: '>=0.3' } };
  expect([isOverrides({}), isOverrides(withSchema), isOverrides({ fields: { tags: 'a' } })]).toEqual([
    true,
    true,
    false,
  ]);
  const isVolume = await validatorOf('modelkeep');
  expect([isVolume(volume), isVolume({ ...volume, minReader: '1' })]).toEqual([true, false]);
});
