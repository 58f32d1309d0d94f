import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFluxLora, buildVae } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';
import { writeRepo } from '../repo.test-helper.ts';
import { sha256Of, writeCachedCommit } from '../stores/stores.test-helper.ts';

const lora = buildFluxLora({ scale: 0.02 });
const vae = buildVae({ kind: 'sd', scale: 0.02 });

it('the models of another library come with their ids, sources and overrides', async () => {
  await using folder = await tempFolder();
  const other = join(folder.path, 'other');
  {
    await using store = await openTestStore({ root: other });
    const cache = join(folder.path, 'hub');
    const commit = { repo: 'acme/lines', commit: 'a'.repeat(40), refs: ['main'], files: { 'line.safetensors': lora } };
    await writeCachedCommit(cache, commit);
    await store.import([cache], { mode: 'copy' }).result;
    await writeRepo(join(folder.path, 'tiny'), 'acme/tiny-diffusers');
    await writeFile(join(folder.path, 'vae.safetensors'), vae);
    await store.import([join(folder.path, 'tiny'), join(folder.path, 'vae.safetensors')]).result;
    const [first] = (await store.index.list({ limit: 10 })).records.filter(({ type }) => type === 'lora');
    await writeFile(
      join(other, first?.slug ?? '', 'overrides.json'),
      '{"fields": {"tags": ["mine"]}, "app": {"x": 1}}',
    );
    await store.rebuild();
    await mkdir(join(folder.path, 'loose'));
    await writeFile(join(folder.path, 'loose', 'x.safetensors'), buildFluxLora({ scale: 0.02, fillSeed: 2 }));
    await store.scan([join(folder.path, 'loose')]).result;
  }
  await using before = await openTestStore({ root: other });
  const expected = (await before.index.list({ limit: 10 })).records.filter(({ place }) => place.kind === 'library');

  await using store = await openTestStore({ root: join(folder.path, 'library') });
  await writeFile(join(folder.path, 'mine.safetensors'), lora);
  const mine = (await store.import([join(folder.path, 'mine.safetensors')]).result).models[0];
  const report = await store.import([other]).result;
  expect(report.errors).toEqual([]);
  expect(report.skipped).toMatchObject([{ reason: expect.stringContaining('outside of that library') as string }]);
  expect(report.bytesSaved).toBe(lora.byteLength);
  const records = new Map((await store.index.list({ limit: 10 })).records.map((record) => [record.type, record]));
  for (const record of expected) {
    const copied = records.get(record.type);
    const { files, sources, officialName } = record;
    if (record.type === 'lora') {
      // It was here: it keeps its id, and gains the source and the words of its user.
      expect(copied).toMatchObject({ id: mine?.id, tags: ['mine'] });
      expect(copied?.sources.map(({ provider }) => provider)).toEqual(['hf', 'local']);
    } else {
      expect(copied).toMatchObject({ id: record.id, slug: record.slug, files, sources, officialName });
    }
  }
  expect((await store.verify()).problems).toEqual([]);
  expect(await store.survey()).toEqual({ models: 3, stale: 0, problems: [] });
  const again = await store.import([other]).result;
  for (const { id, revision } of again.models) expect(revision).toBe((await store.index.get(id))?.revision);
  expect(again.models.find(({ type }) => type === 'lora')?.revision).toBe(records.get('lora')?.revision);
});

it('what is damaged in another library is named and left there, and it is neither moved nor linked', async () => {
  await using folder = await tempFolder();
  const other = join(folder.path, 'other');
  {
    await using store = await openTestStore({ root: other });
    await writeFile(join(folder.path, 'vae.safetensors'), vae);
    await writeFile(join(folder.path, 'line.safetensors'), lora);
    await store.import([join(folder.path, 'vae.safetensors'), join(folder.path, 'line.safetensors')]).result;
  }
  // Two names of one file, or on a drive with reflinks two files.
  for (const path of [`blobs/sha256/${sha256Of(vae)}`, 'vae/other/vae/vae.safetensors']) {
    await chmod(join(other, path), 0o644);
    await writeFile(join(other, path), Buffer.from(vae).fill(1, 9_000, 9_010));
  }
  await writeFile(join(other, 'lora', 'flux1', 'line', 'overrides.json'), '{"fields": {"type": 5}}');
  await using store = await openTestStore({ root: join(folder.path, 'library') });
  const report = await store.import([other]).result;
  expect(report.models).toEqual([]);
  expect(report.errors.map(({ code }) => code).toSorted()).toEqual([
    'library.corrupt-metadata',
    'library.damaged-entry',
  ]);
  expect(await readdir(join(store.root, 'blobs/sha256'))).toEqual([]);
  for (const mode of ['move', 'link'] as const) {
    await expect(store.import([other], { mode }).result).rejects.toMatchObject({ code: 'core.invalid-argument' });
  }
  for (const mode of ['auto', 'copy', 'move', 'link'] as const) {
    const itself = store.import([join(other, '..', 'library')], { mode }).result;
    await expect(itself).rejects.toMatchObject({ code: 'core.invalid-argument', facts: { argument: 'paths' } });
  }
  await writeFile(join(other, 'modelkeep.json'), '{"format": 1}');
  await expect(store.import([other]).result).rejects.toMatchObject({ code: 'library.invalid' });
});
