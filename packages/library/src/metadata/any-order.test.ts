import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetadataLayer, ModelFacts, ModelMetadata, ModelRecord, ModelSource } from '@modelkeep/core';
import { buildFluxLora } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import type { LibraryStore } from '../open-library-store.ts';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';
import { effectiveFacts } from './effective-record.ts';
import { mergeLayers } from './merge-layers.ts';

/** Orders in which the facts arrive. */
const ORDERS = Number(process.env['MODELKEEP_ORDERS'] ?? 8);

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

describe('layers', () => {
  const at = (day: number): string => `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`;
  const names = ['forge', 'civitai-sidecar', 'embedded', 'civitai-api', 'registry', 'hub', 'scan'] as const;
  const words: readonly (keyof ModelFacts)[] = ['family', 'licence', 'description', 'baseModel'];

  const readings = (random: () => number): ModelMetadata['layers'][] => {
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    return Array.from({ length: 8 }, () => {
      const layers: Record<string, MetadataLayer> = {};
      const rulesVersion = 1 + Math.floor(random() * 3);
      for (const name of names) {
        if (random() < 0.4) continue;
        // What the bytes tell depends on them and on the rules, and not on when somebody looked.
        const isOfBytes = name === 'scan' || name === 'embedded';
        const day = 1 + Math.floor(random() * 4);
        const value = (): unknown => {
          if (isOfBytes) return `rules ${rulesVersion}`;
          return random() < 0.3 ? null : `${pick(['a', 'b', 'c'])} on day ${day}`;
        };
        const facts = Object.fromEntries(words.map((word) => [word, value()]));
        const source = name === 'hub' ? { source: pick(['hf:x/a', 'hf:x/b', 'hf:x/c']) } : {};
        const rules = name === 'scan' ? { rulesVersion } : {};
        layers[name] = { facts: { ...facts, parameterCount: isOfBytes ? 0 : day }, at: at(day), ...source, ...rules };
      }
      const { scan, embedded } = layers;
      if (scan === undefined || embedded === undefined) {
        delete layers['scan'];
        delete layers['embedded'];
      }
      return layers;
    });
  };

  it('that arrive in any order, and more than once, give the same facts and origins', () => {
    const random = createRandom(7);
    for (let round = 0; round < ORDERS * 60; round += 1) {
      const all = readings(random);
      const orders = [all, all.toReversed(), shuffled([...all, ...all], random), shuffled(all, random)];
      const merged = orders.map((order) => order.reduce((present, arrived) => mergeLayers(present, arrived), {}));
      const results = merged.map((layers) => effectiveFacts(layers));
      for (const result of results) expect(result).toEqual(results[0]);
      for (const layers of all) {
        const before = merged[0] ?? {};
        const after = mergeLayers(before, layers);
        expect(effectiveFacts(after)).toEqual(results[0]);
        expect(mergeLayers(after, layers)).toBe(after);
      }
    }
  });

  it('replace their own layer only, and keep what a later version noted in it', () => {
    const forge = { facts: { family: 'a', fromLater: 1 } as ModelFacts, at: at(1), alsoFromLater: 2 };
    const hub = { facts: { family: 'b' }, at: at(1), source: 'hf:x/a' };
    const oracle = { facts: {}, at: at(1), says: 42 };
    const present = { forge, hub, oracle };
    const newer: MetadataLayer = { facts: { licence: 'mit' }, at: at(2), evidence: ['said so'] };
    expect(mergeLayers(present, { forge: newer })).toEqual({
      forge: { facts: { licence: 'mit', fromLater: 1 }, at: at(2), evidence: ['said so'], alsoFromLater: 2 },
      hub,
      oracle,
    });
    const other = { facts: {}, at: at(2), says: 43 };
    expect(mergeLayers(present, { oracle: other } as ModelMetadata['layers'])).toBe(present);
    expect(mergeLayers({}, { oracle: other } as ModelMetadata['layers'])).toEqual({ oracle: other });
  });

  it('of newer rules correct those of older ones, and never the other way', () => {
    const by = (rulesVersion: number, family: string): ModelMetadata['layers'] => ({
      scan: { facts: { family }, at: at(1), rulesVersion },
      embedded: { facts: { licence: family }, at: at(1) },
    });
    expect(mergeLayers(by(1, 'old'), by(2, 'new'))).toEqual(by(2, 'new'));
    const newer = by(2, 'new');
    expect(mergeLayers(newer, by(1, 'old'))).toBe(newer);
  });
});

describe('a model', () => {
  const lora = buildFluxLora({ scale: 0.02 });
  const sha256 = createHash('sha256').update(lora).digest('hex');
  const slug = 'lora/flux1/line';

  const download =
    (repo: string, licence: string) =>
    async (store: LibraryStore): Promise<void> => {
      const name = 'line.safetensors';
      const source: ModelSource = {
        provider: 'hf',
        endpoint: 'https://hub.example',
        repo,
        revision: 'main',
        commit: 'a'.repeat(40),
        path: name,
      };
      const wanted = { name, sizeBytes: lora.byteLength, sha256, gitSha1: null, source };
      const transaction = await store.begin([wanted]);
      const [file] = transaction.files;
      if (file?.content === null) {
        await writeFile(file.part, lora);
        await transaction.publish(name, { sizeBytes: lora.byteLength, sha256, blake3: 'd'.repeat(64), gitSha1: null });
      }
      const hub = { facts: { licence, description: `of ${repo}` }, at: '2026-01-01T00:00:00.000Z' };
      await transaction.commit({ sourceName: 'line', sourceGroup: `hf:${repo}`, layers: { hub } });
    };
  const exported = (layers: ModelMetadata['layers'], fields: ModelFacts) => async (store: LibraryStore) => {
    const header = { modelkeep: 'metadata-export', schema: 1 };
    const metadata = JSON.parse(await readFile(join(store.root, slug, 'metadata.json'), 'utf8')) as ModelMetadata;
    const line = {
      metadata: { ...metadata, layers, sourceGroup: null, sources: [] },
      overrides: { fields },
    };
    const text = `${JSON.stringify(header)}\n${JSON.stringify(line)}\n`;
    await store.importMetadata(
      (async function* () {
        yield text;
      })(),
    );
  };
  const forge = { facts: { triggerWords: ['thick'], licence: 'of forge' }, at: '2026-01-02T00:00:00.000Z' };
  const civitai = { facts: { baseModel: 'Flux.1 S', tags: ['style'] }, at: '2026-01-02T00:00:00.000Z' };
  const later = { facts: { baseModel: 'Flux.1 D', tags: ['line'] }, at: '2026-01-03T00:00:00.000Z' };

  it('is the same whatever came first: imports, downloads, sidecars, edits, exports; a second time changes nothing', async () => {
    const facts = [
      download('acme/b', 'apache-2.0'),
      download('acme/a', 'mit'),
      (store: LibraryStore) => store.import([join(store.root, '..', 'line.safetensors')]).result,
      (store: LibraryStore) => store.edit(slug, { family: 'chroma' }),
      (store: LibraryStore) => store.edit(slug, { description: null, variant: 'mine' }),
      exported({ forge }, {}),
      exported({ 'civitai-api': later }, { name: 'Thick line' }),
      exported({ 'civitai-api': civitai, 'civitai-sidecar': civitai }, {}),
    ];
    const random = createRandom(11);
    const results: Partial<ModelRecord>[] = [];
    for (let round = 0; round < ORDERS; round += 1) {
      await using folder = await tempFolder();
      await writeFile(join(folder.path, 'line.safetensors'), lora);
      await using store = await openTestStore({ root: join(folder.path, 'library') });
      // A model has to be there before somebody says something about it.
      const starts = shuffled(facts.slice(0, 3), random);
      const [first, ...others] = starts;
      const order = [first, ...shuffled([...others, ...facts.slice(3)], random)];
      for (const arrive of order) await arrive?.(store);
      const text = await readFile(join(store.root, slug, 'metadata.json'), 'utf8');
      for (const arrive of shuffled(facts, random)) await arrive(store);
      expect(await readFile(join(store.root, slug, 'metadata.json'), 'utf8')).toBe(text);
      const { id, revision, importedAt, updatedAt, files, sources, ...record } = await store.resolve(slug);
      expect([id, importedAt, updatedAt].every(Boolean) && revision > 1).toBe(true);
      results.push({
        ...record,
        files: files.map((file) => ({ ...file, blake3: null, source: null })),
        sources: sources.map((source) => (source.provider === 'local' ? { ...source, path: null } : source)),
      });
    }
    for (const result of results) expect(result).toEqual(results[0]);
    expect(results[0]).toMatchObject({
      family: 'chroma',
      licence: 'of forge',
      description: 'of acme/a',
      tags: ['style'],
      name: 'Thick line',
      sourceGroup: 'hf:acme/a',
      origins: { family: 'user', licence: 'forge', description: 'hub', tags: 'civitai-sidecar', name: 'user' },
    });
  }, 120_000);
});
