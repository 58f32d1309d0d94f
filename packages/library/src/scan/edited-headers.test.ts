import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFluxLora } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import type { LibraryStore } from '../open-library-store.ts';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';

const lora = buildFluxLora({ scale: 0.02 });
/** The same tensors behind another header. */
const edited = buildFluxLora({ scale: 0.02, metadata: { 'modelspec.title': 'edited elsewhere' } });
const others = buildFluxLora({ scale: 0.02, fillSeed: 5 });

interface Scene extends AsyncDisposable {
  readonly store: LibraryStore;
  readonly models: string;
  readonly file: string;
  readonly id: string;
}

async function scene(): Promise<Scene> {
  const folder = await tempFolder();
  const models = join(folder.path, 'models');
  const file = join(models, 'line.safetensors');
  await mkdir(join(models, 'sorted'), { recursive: true });
  await writeFile(file, lora);
  const store = await openTestStore({ root: join(folder.path, 'library') });
  const { added } = await store.scan([models]).result;
  const id = added[0]?.id ?? '';
  await store.edit(id, { tags: ['mine'] });
  const dispose = async (): Promise<void> => {
    await store.close();
    await folder[Symbol.asyncDispose]();
  };
  return { store, models, file, id, [Symbol.asyncDispose]: dispose };
}

async function expectEdited({ store, id }: Scene, path: string): Promise<void> {
  const record = await store.resolve(id);
  expect(record).toMatchObject({ tags: ['mine'], place: { kind: 'external', missing: [] } });
  expect(record.files).toMatchObject([{ sizeBytes: edited.byteLength }]);
  expect(join(store.folderOf(record), record.files[0]?.name ?? '')).toBe(path);
  expect((await store.verify()).problems).toEqual([]);
  expect(await store.survey()).toMatchObject({ models: 1, stale: 0, problems: [] });
}

describe('a file whose header another tool has changed', () => {
  it('is the same model with other bytes', async () => {
    await using here = await scene();
    await writeFile(here.file, edited);
    expect(await here.store.scan([here.models]).result).toMatchObject({
      updated: [{ id: here.id }],
      added: [],
      missing: [],
    });
    await expectEdited(here, here.file);
  });

  it.each(['at once', 'in two scans'])('is the same model when it was moved and renamed as well, %s', async (when) => {
    await using here = await scene();
    const { store, models, file, id } = here;
    const path = join(models, 'sorted', 'renamed.safetensors');
    await rm(file);
    if (when === 'in two scans') expect((await store.scan([models]).result).missing).toMatchObject([{ id }]);
    await writeFile(path, edited);
    const report = await store.scan([models]).result;
    expect(report).toMatchObject({ added: [], missing: [], moved: [{ id, path, from: file }] });
    await expectEdited(here, path);
    expect(await store.scan([models]).result).toMatchObject({ added: [], moved: [], hashesComputed: 0 });
  });

  it('is a model of its own while the one with the first header is there, or where its tensors are others', async () => {
    await using here = await scene();
    const { store, models, file } = here;
    await writeFile(join(models, 'copy.safetensors'), edited);
    expect((await store.scan([models]).result).added).toHaveLength(1);
    await rename(file, join(models, '..', 'away.safetensors'));
    await rm(join(models, 'copy.safetensors'));
    await writeFile(join(models, 'sorted', 'others.safetensors'), others);
    expect(await store.scan([models]).result).toMatchObject({ added: [{ name: 'others' }], moved: [] });
  });
});
