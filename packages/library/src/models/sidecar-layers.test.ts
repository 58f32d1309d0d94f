import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFluxLora, buildVae } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';

const lora = buildFluxLora({ scale: 0.02 });
const vae = buildVae({ kind: 'sd', scale: 0.02 });
const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const answer = (bytes: Uint8Array, name: string) => ({
  id: 70,
  modelId: 7,
  name: 'v1',
  baseModel: 'Flux.1 D',
  model: { name, type: 'LORA' },
  trainedWords: ['ink'],
  files: [{ id: 700, name: 'x.safetensors', sizeKB: 1, hashes: { SHA256: sha256Of(bytes).toUpperCase() } }],
  images: [],
});

describe('sidecars', () => {
  it('beside a model that is adopted are told by content and become layers, Forge before Civitai', async () => {
    await using folder = await tempFolder();
    const models = join(folder.path, 'models');
    await mkdir(models);
    await writeFile(join(models, 'line.safetensors'), lora);
    await writeFile(join(models, 'line.json'), JSON.stringify({ 'activation text': 'mine, too', notes: 'n' }));
    await writeFile(join(models, 'line.civitai.info'), JSON.stringify(answer(lora, 'Thick line')));
    await writeFile(join(models, 'other.safetensors'), vae);
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const { added } = await store.scan([models]).result;
    const [id = ''] = added.flatMap((model) => (model.name.startsWith('line') ? [model.id] : []));
    const record = await store.resolve(id);
    expect(record).toMatchObject({
      name: 'Thick line',
      triggerWords: ['mine', 'too'],
      baseModel: 'Flux.1 D',
      civitai: { modelId: 7, versionId: 70, fileId: 700, modelName: 'Thick line' },
      origins: { name: 'civitai-sidecar', triggerWords: 'forge' },
    });
    expect((await store.scan([models]).result).updated).toEqual([]);
    expect((await store.resolve(id)).revision).toBe(record.revision);
    expect(await store.refresh(record)).toMatchObject({ changed: false });

    await writeFile(join(models, 'line.json'), JSON.stringify({ 'activation text': 'other' }));
    await store.scan([models]).result;
    expect(await store.resolve(id)).toMatchObject({ triggerWords: ['other'], name: 'Thick line' });
    await rm(join(models, 'line.json'));
    await store.scan([models]).result;
    expect(await store.resolve(id)).toMatchObject({ triggerWords: ['other'] });
  });

  it('that speak of another file, or stand beside several models, are not believed', async () => {
    await using folder = await tempFolder();
    const models = join(folder.path, 'models');
    await mkdir(join(models, 'apart'), { recursive: true });
    await writeFile(join(models, 'line.safetensors'), lora);
    await writeFile(join(models, 'sd.safetensors'), vae);
    await writeFile(join(models, 'sd.json'), JSON.stringify(answer(lora, 'Thick line')));
    await writeFile(join(models, 'gone.json'), JSON.stringify({ 'activation text': 'of a model that is gone' }));
    await writeFile(join(models, 'apart', 'one.safetensors'), buildFluxLora({ scale: 0.03 }));
    await writeFile(join(models, 'apart', 'any name.json'), JSON.stringify({ 'activation text': 'alone' }));
    for (const way of ['scan', 'import'] as const) {
      await using store = await openTestStore({ root: join(folder.path, way) });
      await (way === 'scan' ? store.scan([models]) : store.import([models])).result;
      const page = await store.index.list({});
      const sorted = page.records.toSorted((a, b) => (a.officialName < b.officialName ? -1 : 1));
      const words = sorted.map(({ officialName, civitai, triggerWords }) => [officialName, civitai, triggerWords]);
      expect(words).toEqual([
        ['line', undefined, []],
        ['one', undefined, ['alone']],
        ['sd', undefined, []],
      ]);
    }
  });

  it('of an import come in with it, in whatever order several copies come', async () => {
    await using folder = await tempFolder();
    const place = async (name: string, words: string, day: number): Promise<string> => {
      const path = join(folder.path, name);
      await mkdir(path);
      await writeFile(join(path, 'line.safetensors'), lora);
      await writeFile(join(path, 'line.json'), JSON.stringify({ 'activation text': words }));
      const at = new Date(`2026-01-0${day}T00:00:00Z`);
      await utimes(join(path, 'line.json'), at, at);
      return path;
    };
    const older = await place('a', 'older', 1);
    const newer = await place('b', 'newer', 2);
    for (const [position, order] of [
      [older, newer],
      [newer, older],
    ].entries()) {
      await using store = await openTestStore({ root: join(folder.path, `library-${position}`) });
      for (const path of order) await store.import([path], { mode: 'link' }).result;
      const { records } = await store.index.list({});
      expect(records).toHaveLength(1);
      expect(records[0]).toMatchObject({ triggerWords: [expect.any(String)], origins: { triggerWords: 'forge' } });
      expect(await readFile(join(older, 'line.json'), 'utf8')).toContain('older');
    }
  });
});
